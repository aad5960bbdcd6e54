import { createHash, randomBytes } from 'node:crypto';
import type { EpochMs, UserId } from '@skerry/protocol/ids.ts';
import { NodePostgresAdapter } from '@lucia-auth/adapter-postgresql';
import { Lucia, TimeSpan } from 'lucia';
import type { Pool } from 'pg';
import { v4 as uuidv4 } from 'uuid';
import type { Database } from '../platform/database.ts';

// Lucia is no longer developed: this is the only file that calls it.

/** A remembered session ends this long after its last use, give or take half of it. */
export const REMEMBERED_DAYS = 30;
/** Any other session ends this long after sign-in, used or not. */
export const BRIEF_HOURS = 24;

const TOKEN = /^[rb]_[A-Za-z0-9_-]{43}$/;
const TOKEN_BYTES = 32;

export interface ValidSession {
  /** The stored id: SHA-256 of the token in hex. */
  id: string;
  publicId: string;
  userId: UserId;
  expiresAt: Date;
  remember: boolean;
  lastSeenAt: EpochMs;
  user: UserAttributes;
}

export interface Sessions {
  create: (session: NewSession) => Promise<{ token: string; session: ValidSession }>;
  /** Undefined: unknown, ended or expired. Moves a remembered session's end. */
  validate: (token: string) => Promise<ValidSession | undefined>;
  deleteExpired: () => Promise<void>;
}

interface NewSession {
  userId: UserId;
  remember: boolean;
  deviceName: string;
  now: EpochMs;
}

interface SessionAttributes {
  created_at: EpochMs;
  last_seen_at: EpochMs;
  remember: boolean;
  device_name: string;
  public_id: string;
}
interface UserAttributes {
  handle: string;
  display_name: string;
  avatar: string;
  role: 'member' | 'admin';
  suspended_at: EpochMs | null;
}
// In the declaration below, `UserId` would name itself.
type AccountId = UserId;
type AppLucia = Lucia<SessionAttributes, UserAttributes>;

declare module 'lucia' {
  interface Register {
    Lucia: AppLucia;
    UserId: AccountId;
    DatabaseSessionAttributes: SessionAttributes;
    DatabaseUserAttributes: UserAttributes;
  }
}

export function createSessions(db: Pick<Database, 'raw'>): Sessions {
  // The adapter only calls `query(text, values)`, which PGlite answers like a pg Pool.
  const pool = db.raw as Pool;
  const tables = { user: 'users', session: 'sessions' };
  const remembered = createLucia(
    new NodePostgresAdapter(pool, tables),
    new TimeSpan(REMEMBERED_DAYS, 'd'),
  );
  const brief = createLucia(new FixedEndAdapter(pool, tables), new TimeSpan(BRIEF_HOURS, 'h'));

  return {
    create: async ({ userId, remember, deviceName, now }) => {
      const token = `${remember ? 'r' : 'b'}_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
      const lucia = remember ? remembered : brief;
      const sessionId = storedSessionId(token);
      const attributes: SessionAttributes = {
        created_at: now,
        last_seen_at: now,
        remember,
        device_name: deviceName,
        public_id: uuidv4(),
      };
      await lucia.createSession(userId, attributes, { sessionId });
      const session = await read(lucia, sessionId);
      if (session === undefined) throw new Error('a session was gone as soon as it was created');
      return { token, session };
    },
    validate: async (token) => {
      if (!TOKEN.test(token)) return undefined;
      // The first letter says which lifetime the session was created with; it is part of what is hashed.
      return await read(token.startsWith('r') ? remembered : brief, storedSessionId(token));
    },
    deleteExpired: () => remembered.deleteExpiredSessions(),
  };
}

/** What the database keeps of a token: reading the table opens no session. */
export function storedSessionId(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function createLucia(adapter: NodePostgresAdapter, sessionExpiresIn: TimeSpan): AppLucia {
  return new Lucia<SessionAttributes, UserAttributes>(adapter, {
    sessionExpiresIn,
    getSessionAttributes: (attributes) => attributes,
    getUserAttributes: ({ handle, display_name, avatar, role, suspended_at }) => ({
      handle,
      display_name,
      avatar,
      role,
      suspended_at,
    }),
  });
}

async function read(lucia: AppLucia, sessionId: string): Promise<ValidSession | undefined> {
  const { session, user } = await lucia.validateSession(sessionId);
  if (session === null) return undefined;
  return {
    id: session.id,
    publicId: session.public_id,
    userId: user.id,
    expiresAt: session.expiresAt,
    remember: session.remember,
    lastSeenAt: session.last_seen_at,
    user,
  };
}

/** Lucia moves the end of every session that is used; a brief one keeps the end it was given. */
class FixedEndAdapter extends NodePostgresAdapter {
  override updateSessionExpiration = () => Promise.resolve();
}
