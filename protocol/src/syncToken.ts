import { PROTOCOL_VERSION } from './version.ts';

const PREFIX = 'skerry/';

export interface SyncToken {
  /** Protocol version of the client, undefined for any other Yjs client. */
  version: number | undefined;
  /** Bearer token, or empty when the cookie identifies the session. */
  bearer: string;
}

/** The provider token of our own clients: `skerry/<version>` and, without a cookie, ` <bearer token>`. */
export function formatSyncToken(bearer = ''): string {
  const head = `${PREFIX}${String(PROTOCOL_VERSION)}`;
  return bearer === '' ? head : `${head} ${bearer}`;
}

/** Reads a provider token; a plain bearer token or an empty string is a stranger's client. */
export function parseSyncToken(token: string): SyncToken {
  if (!token.startsWith(PREFIX)) return { version: undefined, bearer: token };
  const [head = '', bearer = ''] = token.split(' ', 2);
  const version = Number(head.slice(PREFIX.length));
  return { version: Number.isSafeInteger(version) ? version : 0, bearer };
}
