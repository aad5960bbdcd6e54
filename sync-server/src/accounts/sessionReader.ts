import type { EpochMs, UserId } from '@skerry/protocol/ids.ts';
import type { Clock } from '../platform/clock.ts';
import type { Credentials, Identify, Identity } from './identity.ts';
import type { Sessions, ValidSession } from './sessions.ts';
import type { SessionStore } from './sessionStore.ts';

/** How long another node's revocation may go unseen here; this node's own is seen at once. */
const MEMORY_MS = 3_000;
const MAX_REMEMBERED = 10_000;
/** "Last seen" is this exact. */
const TOUCH_MS = 60_000;

export const SESSION_COOKIE = 'skerry_session';

export interface SignedIn {
  identity: Identity;
  expiresAt: Date;
  remember: boolean;
}

/** Turns tokens into identities, remembering each answer for a moment. */
export interface SessionReader {
  read: (token: string) => Promise<SignedIn | undefined>;
  identify: Identify;
  /** To be called whenever sessions end or an account changes. */
  forget: (of: { sessionIds?: readonly string[]; userId?: UserId }) => void;
}

export function createSessionReader(deps: {
  sessions: Sessions;
  sessionStore: SessionStore;
  clock: Clock;
}): SessionReader {
  const remembered = new Map<string, { signedIn: SignedIn; readAt: EpochMs }>();
  // Counts the calls of `forget`: what was read from the database before one must not be remembered.
  let generation = 0;

  async function read(token: string): Promise<SignedIn | undefined> {
    const now = deps.clock();
    const known = remembered.get(token);
    // The distance, so that a clock that was set back keeps no answer alive.
    if (Math.abs(now - (known?.readAt ?? -Infinity)) < MEMORY_MS) return known?.signedIn;
    remembered.delete(token);
    const startedIn = generation;
    const session = await deps.sessions.validate(token);
    if (session?.user.suspended_at !== null) return undefined;
    if (now - session.lastSeenAt > TOUCH_MS) await deps.sessionStore.touch(session.id, now);
    const signedIn = toSignedIn(session);
    if (startedIn === generation) {
      if (remembered.size >= MAX_REMEMBERED) remembered.clear();
      remembered.set(token, { signedIn, readAt: now });
    }
    return signedIn;
  }

  return {
    read,
    identify: async (credentials) => {
      const token = tokenOf(credentials);
      return token === '' ? undefined : (await read(token))?.identity;
    },
    forget: ({ sessionIds = [], userId }) => {
      generation++;
      for (const [token, { signedIn }] of remembered) {
        const { identity } = signedIn;
        if (identity.userId === userId || sessionIds.includes(identity.sessionId)) {
          remembered.delete(token);
        }
      }
    },
  };
}

/** A bearer token wins, valid or not; a cookie counts only on a request that our own pages made. */
export function tokenOf({ bearer, cookie, ownOrigin }: Credentials): string {
  if (bearer !== '') return bearer;
  if (!ownOrigin || cookie === undefined) return '';
  for (const pair of cookie.split(';')) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === SESSION_COOKIE && value !== undefined) return value;
  }
  return '';
}

export function toSignedIn(session: ValidSession): SignedIn {
  const { user } = session;
  return {
    identity: {
      userId: session.userId,
      sessionId: session.id,
      handle: user.handle,
      displayName: user.display_name,
      avatar: user.avatar,
      role: user.role,
    },
    expiresAt: session.expiresAt,
    remember: session.remember,
  };
}
