import type { ArrivalNumber, RoomId, UserId } from '@skerry/protocol/ids.ts';
import { MAX_PREVIEW_CHARACTERS } from '@skerry/protocol/limits.ts';
import type { Preview } from '@skerry/protocol/stateless.ts';
import { sql } from 'kysely';
import type { Listener } from '../memberships/audienceStore.ts';
import type { Database } from '../platform/database.ts';

/** Arrival numbers of one room, both ends included. */
export interface NewMessages {
  roomId: RoomId;
  first: ArrivalNumber;
  last: ArrivalNumber;
}

/** What the projection says of new messages, at the moment it is asked. */
export interface ActivityStore {
  /** Messages in the main list by author. */
  countByAuthor: (news: readonly NewMessages[]) => Promise<Map<RoomId, Map<UserId, number>>>;
  /** The newest message in the main list, unless it was deleted since. */
  findPreviews: (news: readonly NewMessages[]) => Promise<Map<RoomId, Preview>>;
  /** How often each listener is mentioned; the key is `listenerKey`. */
  countMentions: (asked: readonly (Listener & NewMessages)[]) => Promise<Map<string, number>>;
}

export function createActivityStore({ kysely }: Pick<Database, 'kysely'>): ActivityStore {
  return {
    countByAuthor: async (news) => {
      const { rows } = await sql<{ room_id: RoomId; author: UserId; n: number }>`
        select n.room_id, m.author, count(*) as n from ${newMessages(news)}
        join messages m on m.room_id = n.room_id and m.number between n.first and n.last
        where not m.in_thread_only and not m.deleted
        group by n.room_id, m.author`.execute(kysely);
      const counts = new Map<RoomId, Map<UserId, number>>();
      for (const { room_id, author, n } of rows)
        counts.set(room_id, (counts.get(room_id) ?? new Map<UserId, number>()).set(author, n));
      return counts;
    },
    findPreviews: async (news) => {
      if (news.length === 0) return new Map();
      const { rows } = await sql<Preview & { room_id: RoomId }>`
        select n.room_id, newest.id, newest.author as by, u.display_name as name, newest.text
        from ${newMessages(news)}
        cross join lateral (
          select m.id, m.author, left(m.text, ${MAX_PREVIEW_CHARACTERS}) as text from messages m
          where m.room_id = n.room_id and m.number between n.first and n.last
            and not m.in_thread_only and not m.deleted and m.text is not null
          order by m.number desc limit 1
        ) newest
        join users u on u.id = newest.author`.execute(kysely);
      return new Map(rows.map(({ room_id, ...preview }) => [room_id, preview]));
    },
    countMentions: async (asked) => {
      const { rows } = await sql<{ key: string; n: number }>`
        select a.room_id || '/' || a.user_id as key, count(*) as n
        from unnest(${asked.map(({ roomId }) => roomId)}::uuid[],
          ${asked.map(({ userId }) => userId)}::uuid[], ${asked.map(({ first }) => first)}::bigint[],
          ${asked.map(({ last }) => last)}::bigint[]) as a(room_id, user_id, first, last)
        join mentions x on x.user_id = a.user_id and x.room_id = a.room_id
          and x.number between a.first and a.last
        group by 1`.execute(kysely);
      return new Map(rows.map(({ key, n }) => [key, n]));
    },
  };
}

function newMessages(news: readonly NewMessages[]) {
  return sql`unnest(${news.map(({ roomId }) => roomId)}::uuid[],
    ${news.map(({ first }) => first)}::bigint[],
    ${news.map(({ last }) => last)}::bigint[]) as n(room_id, first, last)`;
}
