import type { EpochMs, MessageId, RoomId } from '@skerry/protocol/ids.ts';
import { sql, type Kysely } from 'kysely';
import type { Schema } from '../platform/schema.ts';

/** What was to be erased, and how far that has come: the deletion report. */
export interface Erasure {
  id: string;
  at: EpochMs;
  roomId: RoomId;
  messageId: MessageId;
  /** Since when no row holds it; null: not yet. */
  rowsAt: EpochMs | null;
  /** Since when no table file of the database holds it; null: not yet. */
  filesAt: EpochMs | null;
}

export async function findErasure(
  db: Kysely<Schema>,
  roomId: RoomId,
  messageId: MessageId,
): Promise<Erasure | undefined> {
  return await selectErasures(db)
    .where('room_id', '=', roomId)
    .where('message_id', '=', messageId)
    .executeTakeFirst();
}

/** Those of which rows are left, the oldest first. */
export async function listUnfinished(db: Kysely<Schema>): Promise<Erasure[]> {
  return await selectErasures(db).where('rows_at', 'is', null).orderBy('at').execute();
}

/** Those of which only the files are left. */
export async function listAwaitingFiles(db: Kysely<Schema>): Promise<string[]> {
  const rows = await db
    .selectFrom('erasures')
    .select('id')
    .where('rows_at', 'is not', null)
    .where('files_at', 'is', null)
    .execute();
  return rows.map(({ id }) => id);
}

/** When tables were last written anew for an erasure; undefined: never. */
export async function findLastRewrite(db: Kysely<Schema>): Promise<EpochMs | undefined> {
  const { at } = await db
    .selectFrom('erasures')
    .select(({ fn }) => fn.max('files_at').as('at'))
    .executeTakeFirstOrThrow();
  return at ?? undefined;
}

export async function stampErasures(
  db: Kysely<Schema>,
  ids: readonly string[],
  step: 'rows_at' | 'files_at',
  now: EpochMs,
): Promise<void> {
  if (ids.length === 0) return;
  await db
    .updateTable('erasures')
    .set({ [step]: now })
    .where('id', 'in', [...ids])
    .where(step, 'is', null)
    .execute();
}

/**
 * After this no new message commits on a verdict from before. Closed pages take none, and closing a page bumps
 * its rules as well.
 */
export async function outdateOpenPages(db: Kysely<Schema>, roomId: RoomId): Promise<void> {
  await db
    .updateTable('documents')
    .set({ rules: sql`rules + 1` })
    .where('room_id', '=', roomId)
    .where('page', 'is not', null)
    .where('closed', '=', false)
    .execute();
}

/** The head page of a room, and the page that holds one of its messages. */
export async function findPages(
  db: Kysely<Schema>,
  roomId: RoomId,
  messageId: MessageId,
): Promise<{ page: number; head: number } | undefined> {
  return await db
    .selectFrom('messages')
    .innerJoin('rooms', 'rooms.id', 'messages.room_id')
    .select(['messages.page', 'rooms.head'])
    .where('messages.room_id', '=', roomId)
    .where('messages.id', '=', messageId)
    .executeTakeFirst();
}

function selectErasures(db: Kysely<Schema>) {
  return db
    .selectFrom('erasures')
    .select(['id', 'at', 'rows_at as rowsAt', 'files_at as filesAt'])
    .select((eb) => [
      eb.ref('room_id').$castTo<RoomId>().as('roomId'),
      eb.ref('message_id').$castTo<MessageId>().as('messageId'),
    ]);
}
