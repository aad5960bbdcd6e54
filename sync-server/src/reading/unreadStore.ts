import type { RoomId, UserId } from '@skerry/protocol/ids.ts';
import { MAX_COUNTED_UNREAD } from '@skerry/protocol/limits.ts';
import type { UnreadState } from '@skerry/protocol/stateless.ts';
import { sql } from 'kysely';
import type { Database } from '../platform/database.ts';

/**
 * Messages of a room above the mark that are looked at, the newest first: whoever wrote the last so many
 * themselves has seen what came before.
 */
const MAX_LOOKED_AT = 5_000;

export interface UnreadStore {
  /** Changes when the database was restored from a backup. */
  readEpoch: () => Promise<string>;
  /** How a person's rooms stand with them: all, or those of these that they are a member of. */
  count: (userId: UserId, roomIds?: readonly RoomId[]) => Promise<UnreadState[]>;
}

interface Row {
  room: RoomId;
  last: number;
  number: number;
  except: number[] | null;
  unread: number;
  mentions: number;
}

export function createUnreadStore({ kysely }: Pick<Database, 'kysely'>): UnreadStore {
  return {
    readEpoch: async () => {
      const { value } = await kysely
        .selectFrom('settings')
        .select('value')
        .where('name', '=', 'epoch')
        .executeTakeFirstOrThrow();
      return value;
    },
    count: async (userId, roomIds) => {
      const { rows } = await countUnread(userId, roomIds).execute(kysely);
      return rows.map(({ room, last, number, except, unread, mentions }) => ({
        ...{ room, last, unread, mentions },
        mark: {
          number,
          ...(except === null || except.length === 0 ? {} : { except }),
        },
      }));
    },
  };
}

/** Unread: what others wrote since I joined, is still there and is shown in the room. Each part reads a bounded run of an index. */
export function countUnread(userId: UserId, roomIds: readonly RoomId[] | undefined) {
  const counts = sql`g.author <> m.user_id and not g.deleted and not g.in_thread_only`;
  const these = roomIds === undefined ? sql`` : sql`and m.room_id = any(${roomIds}::uuid[])`;
  return sql<Row>`
    select m.room_id as room, coalesce(newest.number, 0) as last, mark.number, k.except_numbers as except,
      least(above.n + again.n, ${MAX_COUNTED_UNREAD}::int) as unread, mentioned.n as mentions
    from memberships m
    left join read_marks k on k.user_id = m.user_id and k.room_id = m.room_id
    cross join lateral (select greatest(k.number, m.since) as number) mark
    left join lateral (
      select g.number from messages g where g.room_id = m.room_id order by g.number desc limit 1
    ) newest on true
    cross join lateral (
      select count(*) as n from (
        select 1 from (
          select g.* from messages g where g.room_id = m.room_id and g.number > mark.number
          order by g.number desc limit ${MAX_LOOKED_AT}::int) as g
        where ${counts} limit ${MAX_COUNTED_UNREAD}::int) as counted
    ) above
    cross join lateral (
      select count(*) as n from messages g
      where g.room_id = m.room_id and g.number = any(k.except_numbers) and ${counts}
    ) again
    cross join lateral (
      select count(*) as n from (
        select 1 from mentions t
        join messages g on g.room_id = t.room_id and g.number = t.number
        where t.user_id = m.user_id and t.room_id = m.room_id
          and (t.number > mark.number or t.number = any(k.except_numbers)) and ${counts}
        limit ${MAX_COUNTED_UNREAD}::int) as counted
    ) mentioned
    where m.user_id = ${userId} ${these}
    order by m.room_id`;
}
