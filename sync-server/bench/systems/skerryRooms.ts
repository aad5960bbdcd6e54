import { pageDocumentName, roomDocumentName } from '@skerry/protocol/documentName.ts';
import { storedSessionId } from '../../src/accounts/sessions.ts';
import type { Room } from '../chatSystem.ts';
import { inventRooms, membershipsOf } from '../people.ts';

/** A pg pool, or an embedded database. */
export interface Sql {
  query: (text: string, values?: unknown[]) => Promise<unknown>;
}

/** Rooms of new people with sessions, without the cost of signing them up. */
export async function createSkerryRooms(
  db: Sql,
  size: { rooms: number; members: number },
): Promise<Room[]> {
  const rooms = inventRooms(size);
  const seats = membershipsOf(rooms);
  const people = seats.map(({ person }) => person);
  const ids = people.map(({ id }) => id);
  const roomIds = rooms.map(({ id }) => id);
  const now = Date.now();
  await db.query(
    `insert into users (id, handle, email, display_name, avatar, created_at)
     select id, 'p_' || replace(right(id::text, 17), '-', ''), id || '@example.org', name, '210', $3
     from unnest($1::uuid[], $2::text[]) as t(id, name)`,
    [ids, people.map(({ name }) => name), now],
  );
  await db.query(
    `insert into sessions
       (id, user_id, expires_at, created_at, last_seen_at, remember, device_name, public_id)
     select id, user_id, now() + interval '20 days', $3, $3, true, 'bench', gen_random_uuid()::text
     from unnest($1::text[], $2::uuid[]) as t(id, user_id)`,
    [people.map(({ token }) => storedSessionId(token)), ids, now],
  );
  await db.query(
    `insert into rooms (id, kind, name, created_at)
     select id, 'private', 'bench', $2 from unnest($1::uuid[]) as t(id)`,
    [roomIds, now],
  );
  await db.query(
    `insert into documents (name, room_id, page)
     select * from unnest($1::text[], $2::uuid[], $3::int[])`,
    [
      [...roomIds.map(roomDocumentName), ...roomIds.map((id) => pageDocumentName(id, 0))],
      [...roomIds, ...roomIds],
      [...roomIds.map(() => null), ...roomIds.map(() => 0)],
    ],
  );
  await db.query(
    `insert into memberships (room_id, user_id, role, joined_at)
     select room_id, user_id, 'member', $3 from unnest($1::uuid[], $2::uuid[]) as t(room_id, user_id)`,
    [seats.map(({ roomId }) => roomId), ids, now],
  );
  return rooms;
}
