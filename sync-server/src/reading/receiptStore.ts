import type { ArrivalNumber, RoomId, UserId } from '@skerry/protocol/ids.ts';
import { MAX_MEMBERS_FOR_RECEIPTS } from '@skerry/protocol/limits.ts';
import { sql } from 'kysely';
import type { Database } from '../platform/database.ts';

export interface RoomReceipts {
  /** The head page, which shows them. */
  page: number;
  /** How far its members have read, of those who let others see it. */
  receipts: Map<UserId, ArrivalNumber>;
}

export interface ReceiptStore {
  read: (roomIds: readonly RoomId[]) => Promise<Map<RoomId, RoomReceipts>>;
}

interface Row {
  room: RoomId;
  page: number;
  userId: UserId | null;
  number: ArrivalNumber | null;
}

/** None of large rooms, and none of rooms whose settings say so. */
export function createReceiptStore({ kysely }: Pick<Database, 'kysely'>): ReceiptStore {
  return {
    read: async (roomIds) => {
      // A mark may claim to be further than the room.
      const { rows } = await sql<Row>`
        select r.id as room, r.head as page, mark.user_id as "userId",
          least(mark.number, (select max(g.number) from messages g where g.room_id = r.id)) as number
        from rooms r left join lateral (
          select k.user_id, k.number
          from memberships m
          left join receipt_preferences p on p.user_id = m.user_id
          join read_marks k on k.user_id = m.user_id and k.room_id = m.room_id
          where m.room_id = r.id and coalesce(p.shares, true) and coalesce(r.settings ->> 'receipts', 'true') <> 'false' and (
            select count(*) from (
              select 1 from memberships c where c.room_id = r.id
              limit ${MAX_MEMBERS_FOR_RECEIPTS + 1}::int) as counted
          ) <= ${MAX_MEMBERS_FOR_RECEIPTS}::int
            and exists (select 1 from messages g where g.room_id = r.id) and k.number > 0
        ) mark on true
        where r.id = any(${roomIds}::uuid[])`.execute(kysely);
      const found = new Map<RoomId, RoomReceipts>();
      for (const { room, page, userId, number } of rows) {
        const each = found.get(room) ?? { page, receipts: new Map<UserId, ArrivalNumber>() };
        found.set(room, each);
        if (userId !== null && number !== null) each.receipts.set(userId, number);
      }
      return found;
    },
  };
}
