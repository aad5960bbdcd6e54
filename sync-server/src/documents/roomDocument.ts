import type { RoomId } from '@skerry/protocol/ids.ts';
import { MAX_MEMBERS_IN_DOCUMENT } from '@skerry/protocol/room/roomDoc.ts';
import type * as Y from 'yjs';
import type { Database } from '../platform/database.ts';
import { setMapContents } from './mapContents.ts';

/** Reads what the tables say about a room; the result makes its room document say the same. */
export async function readRoomTables(
  { kysely }: Pick<Database, 'kysely'>,
  roomId: RoomId,
): Promise<(doc: Y.Doc) => void> {
  const room = await kysely
    .selectFrom('rooms')
    .select(['name', 'topic', 'kind', 'head', 'locked', 'archived_at'])
    .where('id', '=', roomId)
    .executeTakeFirst();
  const members = await kysely
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select(['users.id', 'users.display_name as name', 'users.handle', 'users.avatar'])
    .select('memberships.role')
    .where('memberships.room_id', '=', roomId)
    .orderBy('memberships.joined_at')
    .limit(MAX_MEMBERS_IN_DOCUMENT + 1)
    .execute();
  return (doc) => {
    if (room === undefined) return;
    const { archived_at, ...meta } = room;
    setMapContents(
      doc.getMap('meta'),
      new Map(Object.entries({ ...meta, archived: archived_at !== null })),
    );
    // A large room's list is asked for over REST.
    const listed = members.length > MAX_MEMBERS_IN_DOCUMENT ? [] : members;
    setMapContents(doc.getMap('members'), new Map(listed.map(({ id, ...member }) => [id, member])));
  };
}
