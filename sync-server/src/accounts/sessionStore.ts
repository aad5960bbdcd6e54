import type { EpochMs, SessionId, UserId } from '@skerry/protocol/ids.ts';
import type { Transaction } from 'kysely';
import type { Database } from '../platform/database.ts';
import type { Schema } from '../platform/schema.ts';

export interface StoredSession {
  id: string;
  publicId: SessionId;
  deviceName: string;
  createdAt: EpochMs;
  lastSeenAt: EpochMs;
}

export interface SessionStore {
  list: (userId: UserId, now: EpochMs) => Promise<StoredSession[]>;
  touch: (id: string, now: EpochMs) => Promise<void>;
  /** These return the stored ids of what ended. */
  end: (id: string) => Promise<string[]>;
  endByPublicId: (userId: UserId, publicId: SessionId) => Promise<string[]>;
}

export function createSessionStore({ kysely }: Pick<Database, 'kysely'>): SessionStore {
  const ids = (rows: { id: string }[]) => rows.map(({ id }) => id);
  return {
    list: async (userId, now) => {
      const rows = await kysely
        .selectFrom('sessions')
        .selectAll()
        .where('user_id', '=', userId)
        .where('expires_at', '>', new Date(now))
        .orderBy('last_seen_at', 'desc')
        .execute();
      return rows.map((row) => ({
        id: row.id,
        publicId: row.public_id as SessionId,
        deviceName: row.device_name,
        createdAt: row.created_at,
        lastSeenAt: row.last_seen_at,
      }));
    },
    touch: async (id, now) => {
      await kysely
        .updateTable('sessions')
        .set({ last_seen_at: now })
        .where('id', '=', id)
        .execute();
    },
    end: async (id) =>
      ids(await kysely.deleteFrom('sessions').where('id', '=', id).returning('id').execute()),
    endByPublicId: async (userId, publicId) =>
      ids(
        await kysely
          .deleteFrom('sessions')
          .where('user_id', '=', userId)
          .where('public_id', '=', publicId)
          .returning('id')
          .execute(),
      ),
  };
}

/** Ends a person's sessions but one, in the transaction that changes the password; returns their stored ids. */
export async function endAllSessionsOf(
  tx: Transaction<Schema>,
  userId: UserId,
  except = '',
): Promise<string[]> {
  const rows = await tx
    .deleteFrom('sessions')
    .where('user_id', '=', userId)
    .where('id', '!=', except)
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
}
