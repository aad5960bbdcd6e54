import type { Identity } from '../accounts/identity.ts';

/** One WebSocket and what is known of it. One per connection of Hocuspocus, shared by its documents. */
export interface SyncSocket {
  facts: { ownOrigin: boolean; address: string; cookie: string | undefined };
  /** Whom its ticket named, where no session comes with the frames. */
  holder?: Identity;
  /** Undefined until a first document was opened. */
  identity: Identity | undefined;
  /** Sessions that opened documents on it. */
  sessions: Set<string>;
  /** Names of the documents it may have open. */
  documents: Set<string>;
  /** Hostile updates so far. */
  offences: number;
  /** Milliseconds of a clock that is never set. */
  openedAt: number;
  close: (code: number, reason: string) => void;
}

/** What Hocuspocus carries along for a document connection. */
export interface SyncContext {
  socket: SyncSocket;
  /** Set by `onAuthenticate`, before anything else sees the connection. */
  identity?: Identity;
  /** Counts the access changes that the decision to let it in knew of. */
  accessEpoch?: number;
}

/** WebSocket close codes of ours (4000 to 4999 are free for applications). */
export const CLOSE_CODES = {
  badRequest: 4400,
  unauthenticated: 4401,
  forbidden: 4403,
  timeout: 4408,
  hostile: 4409,
  tooMany: 4429,
  goingAway: 1001,
  unsupportedData: 1003,
} as const;

/** Stands for the server itself, where a document is opened without a WebSocket. */
export function ownSocket(): SyncSocket {
  return {
    facts: { ownOrigin: true, address: '', cookie: undefined },
    identity: undefined,
    sessions: new Set(),
    documents: new Set(),
    offences: 0,
    openedAt: performance.now(),
    close: () => undefined,
  };
}
