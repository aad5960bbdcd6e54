import type { RoomId } from '@skerry/protocol/ids.ts';
import type { Transaction } from 'kysely';
import type { Schema } from '../platform/schema.ts';

interface NewDocument {
  name: string;
  roomId?: RoomId;
  /** Only of a page. */
  page?: number;
}

/** A document exists from the transaction that created what it is about. */
export async function insertDocuments(
  tx: Transaction<Schema>,
  documents: readonly NewDocument[],
): Promise<void> {
  await tx
    .insertInto('documents')
    .values(
      documents.map(({ name, roomId, page }) => ({
        name,
        room_id: roomId ?? null,
        page: page ?? null,
      })),
    )
    .execute();
}
