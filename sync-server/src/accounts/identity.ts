import type { UserId } from '@skerry/protocol/ids.ts';

/** Who a request or a socket speaks for. It comes from a valid session, never from what a client says. */
export interface Identity {
  userId: UserId;
  /** The stored session id (a hash): what revoking a session names. */
  sessionId: string;
  handle: string;
  displayName: string;
  /** Hue in degrees, as a string. */
  avatar: string;
  role: 'member' | 'admin';
}

/** What a request or a WebSocket upgrade brings along to prove who it speaks for. */
export interface Credentials {
  /** The raw Cookie header; ignored unless the request's Origin is ours. */
  cookie: string | undefined;
  /** A bearer token, or empty. It wins over the cookie. */
  bearer: string;
  /** The request carried an Origin header that is ours. */
  ownOrigin: boolean;
}

/** Undefined: no valid session, or a suspended account. */
export type Identify = (credentials: Credentials) => Promise<Identity | undefined>;
