import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import type { ArrivalNumber, RoomId } from '@skerry/protocol/ids.ts';
import { sql } from 'kysely';
import { inTransaction, type Database } from '../platform/database.ts';

export interface FullPage {
  roomId: RoomId;
  page: number;
  /** The version at which the page is full. */
  version: number;
  /** Arrival number that follows the last one of the page. */
  nextNumber: ArrivalNumber;
}

/**
 * Closes a head page and opens the next one, all or nothing. False: another process has closed the page, or it
 * holds more than the caller knows.
 */
export async function closePage(
  db: Pick<Database, 'kysely'>,
  { roomId, page, version, nextNumber }: FullPage,
): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    // The room before its documents, as the deletion of a room would lock them.
    await tx.selectFrom('rooms').select('id').where('id', '=', roomId).forNoKeyUpdate().execute();
    const { numUpdatedRows } = await tx
      .updateTable('documents')
      // No verdict that was reached while the page was open may commit.
      .set({ closed: true, rules: sql`rules + 1` })
      .where('name', '=', pageDocumentName(roomId, page))
      .where('version', '=', version)
      .where('closed', '=', false)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) return false;
    await tx
      .insertInto('documents')
      .values({
        name: pageDocumentName(roomId, page + 1),
        room_id: roomId,
        page: page + 1,
        snapshot: null,
        first_number: nextNumber,
      })
      .execute();
    await tx
      .updateTable('rooms')
      .set({ head: page + 1 })
      .where('id', '=', roomId)
      .where('head', '=', page)
      .execute();
    return true;
  });
}
