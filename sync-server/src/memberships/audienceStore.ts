import type { RoomId, UserId } from '@skerry/protocol/ids.ts';
import { sql } from 'kysely';
import type { Database } from '../platform/database.ts';

/** Somebody who may be told something of a room. */
export interface Listener {
  roomId: RoomId;
  userId: UserId;
}

/**
 * Who may learn now what is said in a room, for everything that tells people of messages they are not
 * looking at. Asked at the moment of sending: access may have ended since the message was stored.
 */
export interface AudienceStore {
  /** Of these, the ones that are members and not suspended, as `listenerKey` spells them. */
  filter: (listeners: readonly Listener[]) => Promise<Set<string>>;
}

export function listenerKey({ roomId, userId }: Listener): string {
  return `${roomId}/${userId}`;
}

export function createAudienceStore({ kysely }: Pick<Database, 'kysely'>): AudienceStore {
  return {
    filter: async (listeners) => {
      if (listeners.length === 0) return new Set();
      const { rows } = await sql<{ room_id: RoomId; user_id: UserId }>`
        select m.room_id, m.user_id
        from unnest(${listeners.map(({ roomId }) => roomId)}::uuid[],
          ${listeners.map(({ userId }) => userId)}::uuid[]) as l(room_id, user_id)
        join memberships m using (room_id, user_id)
        join users u on u.id = m.user_id and u.suspended_at is null`.execute(kysely);
      return new Set(
        rows.map(({ room_id, user_id }) => listenerKey({ roomId: room_id, userId: user_id })),
      );
    },
  };
}
