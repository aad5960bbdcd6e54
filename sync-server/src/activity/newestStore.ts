import type { ArrivalNumber, MessageId, RoomId, UserId } from '@skerry/protocol/ids.ts';
import { MAX_PREVIEW_CHARACTERS } from '@skerry/protocol/limits.ts';
import type { RoomNewest } from '@skerry/protocol/stateless.ts';
import { sql } from 'kysely';
import type { Database } from '../platform/database.ts';

/**
 * Messages of a room that are looked at, the newest first: all of them may be gone, or said in threads alone.
 */
const MAX_LOOKED_AT = 5_000;

export interface NewestStore {
  /** The newest message in each room's main list that still has words, among its last 5,000. */
  findNewest: (roomIds: readonly RoomId[]) => Promise<RoomNewest[]>;
}

interface Row {
  room: RoomId;
  last: ArrivalNumber;
  id: MessageId | null;
  by: UserId;
  name: string;
  text: string;
}

export function createNewestStore({ kysely }: Pick<Database, 'kysely'>): NewestStore {
  return {
    findNewest: async (roomIds) => {
      if (roomIds.length === 0) return [];
      const { rows } = await sql<Row>`
        select r.id as room, coalesce(top.number, 0) as last, newest.id, newest.author as by,
          u.display_name as name, newest.text
        from unnest(${roomIds}::uuid[]) as r(id)
        left join lateral (
          select g.number from messages g where g.room_id = r.id order by g.number desc limit 1
        ) top on true
        left join lateral (
          select g.id, g.author, left(g.text, ${MAX_PREVIEW_CHARACTERS}) as text
          from (
            select g.* from messages g where g.room_id = r.id
            order by g.number desc limit ${MAX_LOOKED_AT}::int) as g
          where not g.in_thread_only and not g.deleted and g.text is not null
          order by g.number desc limit 1
        ) newest on true
        left join users u on u.id = newest.author`.execute(kysely);
      return rows.map(({ room, last, id, by, name, text }) => ({
        ...{ room, last },
        ...(id === null ? {} : { preview: { id, by, name, text } }),
      }));
    },
  };
}
