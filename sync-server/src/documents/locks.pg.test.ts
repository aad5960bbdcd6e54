import { pageDocumentName, userDocumentName } from '@skerry/protocol/documentName.ts';
import type { Transaction } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDatabase } from '../../test/database.ts';
import { insertPerson, insertRoom } from '../../test/rows.ts';
import { setSuspended } from '../moderation/suspensionStore.ts';
import { inTransaction, type Database } from '../platform/database.ts';
import type { Schema } from '../platform/schema.ts';
import { lockRoom } from '../rooms/roomStore.ts';
import { bumpRules } from './accessStore.ts';
import type { LogEntry } from './commitStatement.ts';
import { createUpdateLog } from './updateLog.ts';

let db: Database;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

/** Ann and a room of hers, with what her device writes of her reading. */
async function stage(reading: Partial<LogEntry['reading']>) {
  const ann = await insertPerson(db, 'Ann');
  const roomId = await insertRoom(db, [ann]);
  const log = createUpdateLog(db);
  const name = userDocumentName(ann);
  const { version, rules } = await log.load(name, -1);
  await log.load(pageDocumentName(roomId, 0), -1);
  const entry: LogEntry = {
    ...{ name, version, rules, update: new Uint8Array([0, 0]) },
    reading: { userId: ann, marks: [{ roomId, mark: { number: 1 } }], ...reading },
  };
  return { ann, roomId, log, entry };
}

/**
 * A commit holds documents while it writes of reading, and an access change locks what it changes before the
 * documents: it must not keep a commit waiting, or each could wait for the other.
 */
async function commitsBeside(
  lock: (tx: Transaction<Schema>) => Promise<unknown>,
  { log, entry, roomId }: Awaited<ReturnType<typeof stage>>,
): Promise<void> {
  let committing: Promise<boolean> | undefined;
  await inTransaction(db, async (tx) => {
    await lock(tx);
    committing = log.commit(entry);
    // The embedded database has one connection, which this transaction holds to its end.
    if (db.kind === 'postgres') await committing;
    await bumpRules(tx, { roomId });
  });
  expect(await committing).toBe(true);
}

test('U3 L8 a first read mark commits while the memberships of its room change', async () => {
  const scene = await stage({});
  await commitsBeside((tx) => lockRoom(tx, scene.roomId), scene);
});

test('U4 M3 whether receipts are shared commits while its person is suspended', async () => {
  const scene = await stage({ sharesReceipts: false });
  await commitsBeside((tx) => setSuspended(tx, scene.ann, 1), scene);
  expect(await db.kysely.selectFrom('receipt_preferences').selectAll().execute()).toEqual([
    { user_id: scene.ann, shares: false },
  ]);
});
