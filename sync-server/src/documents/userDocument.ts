import type { UserId } from '@skerry/protocol/ids.ts';
import { sql } from 'kysely';
import type * as Y from 'yjs';
import type { Database } from '../platform/database.ts';
import { setMapContents } from './mapContents.ts';

/** Reads a person's rooms from the tables; the result makes `rooms` of their user document say the same. */
export async function readUserTables(
  { kysely }: Pick<Database, 'kysely'>,
  userId: UserId,
): Promise<(doc: Y.Doc) => void> {
  const rows = await kysely
    .selectFrom('memberships')
    .innerJoin('rooms', 'rooms.id', 'memberships.room_id')
    .select(['rooms.id', 'rooms.kind', 'rooms.name', 'rooms.head'])
    .select(['memberships.role', 'memberships.since'])
    // A direct conversation is called after the others in it.
    .select(
      sql<string | null>`(select string_agg(u.display_name, ', ' order by u.display_name)
        from memberships m join users u on u.id = m.user_id
        where rooms.kind = 'direct' and m.room_id = rooms.id and m.user_id <> ${userId})`.as(
        'others',
      ),
    )
    .where('memberships.user_id', '=', userId)
    .execute();
  return (doc) => {
    setMapContents(
      doc.getMap('rooms'),
      new Map(
        rows.map(({ id, kind, name, role, head, since, others }) => [
          id,
          { kind, name: others ?? name, role, head, ...(since === 0 ? {} : { since }) },
        ]),
      ),
    );
  };
}
