import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import type { MessageId, RoomId } from '@skerry/protocol/ids.ts';
import { messagesOf, redactionsOf } from '@skerry/protocol/page/pageDoc.ts';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import * as Y from 'yjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFiledDatabase, type FiledDatabase } from '../../test/filedDatabase.ts';
import {
  newMessageId,
  ordered,
  post,
  startHarness,
  until,
  type Attached,
  type Harness,
  type Person,
} from '../../test/harness.ts';
import { compactDocument } from '../documents/compaction.ts';
import { eraseFiles, MIN_REWRITE_GAP_MS } from './erasure.ts';
import { findErasure } from './erasureStore.ts';
import { redactMessage } from './redactMessage.ts';

let harness: Harness;
let files: FiledDatabase;
let ann: Person;
let bo: Person;
beforeAll(async () => {
  files = await openFiledDatabase();
  harness = await startHarness({ database: files.db });
  [ann, bo] = [await harness.person('Ann'), await harness.person('Bo')];
});
afterAll(() => harness.stop());

/** Each erasure is far from the one before. */
let now = Date.now();
const deps = () => ({
  db: harness.db,
  clock: () => (now += MIN_REWRITE_GAP_MS),
  documents: harness.documents,
  queueErasure: () => Promise.resolve(),
});
const never = () => Promise.reject(new Error('it is time'));
const report = (roomId: RoomId, id: MessageId) => findErasure(harness.db.kysely, roomId, id);

async function openRoom(): Promise<{ roomId: RoomId; page: Attached }> {
  const roomId = await harness.room([
    [ann, 'owner'],
    [bo, 'member'],
  ]);
  return { roomId, page: await harness.device(bo).page(roomId) };
}

async function stored(page: Attached, ...ids: MessageId[]): Promise<void> {
  await until('it to be stored', () => ids.every((id) => ordered(page.doc).includes(id)));
}

function reply(page: Attached, by: Person, to: MessageId, quote: string): MessageId {
  const id = newMessageId();
  const replyTo = { id: to, by: bo.id, quote };
  messagesOf(page.doc).set(id, { by: by.id, at: Date.now(), text: 'my own words', replyTo });
  return id;
}

test('B9 T27 what is redacted is in no row at once, and in no table file after the job', async () => {
  const { roomId, page } = await openRoom();
  const name = pageDocumentName(roomId, 0);
  const [control, marker] = ['kept-control-4711', 'secret-marker-4712'];
  const id = post(page.doc, bo, marker);
  const kept = post(page.doc, bo, control);
  await stored(page, id, kept);
  await compactDocument(harness.db, name);
  const answer = reply(page, bo, id, marker);
  messagesOf(page.doc).set(id, { ...(messagesOf(page.doc).get(id) as object), editedAt: 1 });
  await stored(page, answer);
  await harness.db.kysely
    .insertInto('push_queue')
    .values({ room_id: roomId, message_id: id, number: 1, author: bo.id, due_at: 1 })
    .execute();
  await harness.db.kysely
    .insertInto('mentions')
    .values({ room_id: roomId, user_id: ann.id, number: 1 })
    .execute();
  // Samples of what the columns hold would survive in the catalogue.
  await sql`analyze`.execute(harness.db.kysely);
  for (const text of [control, marker]) {
    expect(await files.tablesWith(text)).toEqual(
      expect.arrayContaining(['public.documents', 'public.messages']),
    );
    expect(await files.filesWith(text)).not.toEqual([]);
  }
  expect(await files.tablesWith(marker)).toContain('public.updates');

  const cmd = { roomId, messageId: id, actorId: ann.id, reason: 'not here' };
  expect(await redactMessage(deps(), cmd)).toEqual({ ok: true, value: undefined });
  expect(await files.tablesWith(marker)).toEqual([]);
  expect(await files.tablesWith(control)).not.toEqual([]);
  for (const table of ['push_queue', 'mentions'] as const)
    expect(await harness.db.kysely.selectFrom(table).selectAll().execute()).toEqual([]);
  expect(await report(roomId, id)).toMatchObject({
    rowsAt: expect.any(Number) as number,
    filesAt: null,
  });
  await until('the reader to have it', () => redactionsOf(page.doc).has(id));
  expect(messagesOf(page.doc).get(answer)).toMatchObject({ text: 'my own words' });
  const onDevice = Buffer.from(Y.encodeStateAsUpdate(page.doc));
  expect([onDevice.includes(control), onDevice.includes(marker)]).toEqual([true, false]);
  // Deleted rows stay in the files: this is why there is a job.
  expect(await files.filesWith(marker)).not.toEqual([]);

  await eraseFiles(deps(), { always: false, later: never });
  expect(await files.filesWith(control)).not.toEqual([]);
  expect(await files.filesWith(marker)).toEqual([]);
  expect((await report(roomId, id))?.filesAt).toEqual(expect.any(Number));
});

test('B9 G11 the author of a reply that has lost its quote goes on with it', async () => {
  const { roomId, page } = await openRoom();
  const id = post(page.doc, bo, 'what it quotes');
  await stored(page, id);
  const answer = reply(page, bo, id, 'what it quotes');
  await stored(page, answer);
  const mine = messagesOf(page.doc).get(answer) as { replyTo: object };
  await redactMessage(deps(), { roomId, messageId: id, actorId: ann.id });
  const text = async () => {
    const row = await harness.db.kysely
      .selectFrom('messages')
      .select('text')
      .where('id', '=', answer)
      .executeTakeFirstOrThrow();
    return row.text;
  };
  const blank = () => messagesOf(page.doc).get(answer) as { replyTo: { quote: string } };
  await until('the quote to be gone', () => blank().replyTo.quote === '');
  messagesOf(page.doc).set(answer, { ...blank(), text: 'my better words', editedAt: 2 });
  await until('the edit', async () => (await text()) === 'my better words');
  expect([page.said, page.closed]).toEqual([[], []]);
  // As somebody's copy remembers it, with the quote.
  messagesOf(page.doc).set(answer, { ...mine, text: 'my best words', editedAt: 3 });
  await until('an answer', () => page.said.length > 0);
  expect(page.said).toMatchObject([{ type: 'refused', code: 'stale' }]);
  expect([page.closed, await text()]).toEqual([[], 'my better words']);
  await eraseFiles(deps(), { always: false, later: never });
});

test('B9 what people delete themselves leaves the files with the nightly run', async () => {
  const { page } = await openRoom();
  const marker = 'own-words-4713';
  const id = post(page.doc, bo, marker);
  await stored(page, id);
  messagesOf(page.doc).set(id, {
    by: bo.id,
    at: (messagesOf(page.doc).get(id) as { at: number }).at,
    deleted: true,
  });
  await until('the deletion to be stored', async () => {
    const row = await harness.db.kysely
      .selectFrom('messages')
      .select('deleted')
      .where('id', '=', id)
      .executeTakeFirst();
    return row?.deleted === true;
  });
  await compactDocument(harness.db, page.provider.configuration.name);
  await eraseFiles(deps(), { always: false, later: never });
  expect(await files.filesWith(marker)).not.toEqual([]);
  await eraseFiles(deps(), { always: true, later: never });
  expect(await files.filesWith(marker)).toEqual([]);
});

test('B9 L13 a process that died between commit and compaction: the next one finishes', async () => {
  const { roomId, page } = await openRoom();
  const marker = 'half-erased-4714';
  const id = post(page.doc, bo, marker);
  await stored(page, id);
  let changes = 0;
  const dying = {
    ...deps(),
    documents: {
      changePage: (...given: Parameters<typeof harness.documents.changePage>) => {
        if (++changes > 1) return Promise.reject(new Error('the process died'));
        return harness.documents.changePage(...given);
      },
    },
  };
  const cmd = { roomId, messageId: id, actorId: ann.id };
  await expect(redactMessage(dying, cmd)).rejects.toThrow('died');
  expect(await report(roomId, id)).toMatchObject({ rowsAt: null, filesAt: null });
  expect(await files.tablesWith(marker)).toEqual(['public.updates']);
  await harness.restart();
  await eraseFiles(deps(), { always: false, later: never });
  expect(await files.tablesWith(marker)).toEqual([]);
  expect(await files.filesWith(marker)).toEqual([]);
  const { rowsAt, filesAt } = (await report(roomId, id)) ?? {};
  expect([rowsAt, filesAt]).toEqual([expect.any(Number), expect.any(Number)]);
});

test('B9 quotes on later pages are taken away too', async () => {
  const { roomId, page } = await openRoom();
  const marker = 'quoted-later-4715';
  const id = post(page.doc, bo, marker);
  await stored(page, id);
  await harness.db.kysely.updateTable('rooms').set({ head: 2 }).where('id', '=', roomId).execute();
  // The second page holds nothing; number 1,000 is far beyond the first one's.
  const name = pageDocumentName(roomId, 2);
  await harness.db.kysely
    .insertInto('documents')
    .values({ name, room_id: roomId, page: 2, first_number: 1_000, snapshot: null })
    .execute();
  const later = await harness.device(bo).attach(name);
  const answer = reply(later, bo, id, marker);
  await stored(later, answer);
  await redactMessage(deps(), { roomId, messageId: id, actorId: ann.id });
  expect(await files.tablesWith(marker)).toEqual([]);
  await until('the quote to be gone', () => {
    const { replyTo } = messagesOf(later.doc).get(answer) as { replyTo: { quote: string } };
    return replyTo.quote === '';
  });
});

test('L13 messages redacted one by one do not lock the tables one by one', async () => {
  const { roomId, page } = await openRoom();
  const ids = [post(page.doc, bo, 'one'), post(page.doc, bo, 'two'), post(page.doc, bo, 'three')];
  await stored(page, ...ids);
  const waits: number[] = [];
  const later = (seconds: number) => Promise.resolve(void waits.push(seconds));
  let at = (now += MIN_REWRITE_GAP_MS);
  const one = { ...deps(), clock: () => at };
  const done = async () => {
    const reports = await Promise.all(ids.map((id) => report(roomId, id)));
    return reports.map((each) => each?.filesAt ?? null);
  };
  const steps = [0, 60_000, MIN_REWRITE_GAP_MS / 2];
  const start = at;
  for (const [index, messageId] of ids.entries()) {
    at = start + (steps[index] ?? 0);
    await redactMessage(one, { roomId, messageId, actorId: ann.id });
    await eraseFiles(one, { always: false, later });
  }
  expect(await done()).toEqual([start, null, null]);
  expect(waits).toEqual(steps.slice(1).map((step) => (MIN_REWRITE_GAP_MS - step) / 1_000));
  at = start + MIN_REWRITE_GAP_MS;
  await eraseFiles(one, { always: false, later: never });
  expect(await done()).toEqual([start, at, at]);
  // At night it is done whatever was done before.
  const file = await sql<{ node: number }>`select pg_relation_filenode('messages') as node`.execute(
    harness.db.kysely,
  );
  await eraseFiles(one, { always: true, later: never });
  const after = await sql<{
    node: number;
  }>`select pg_relation_filenode('messages') as node`.execute(harness.db.kysely);
  expect(after.rows).not.toEqual(file.rows);
});

test('L13 one erasure that fails stops no other, and is told', async () => {
  const [bad, good] = [await openRoom(), await openRoom()];
  const told = new Map<RoomId, MessageId>();
  for (const { roomId, page } of [bad, good]) {
    const id = post(page.doc, bo, 'something');
    await stored(page, id);
    told.set(roomId, id);
    await harness.db.kysely
      .insertInto('erasures')
      .values({
        ...{ id: uuidv7(), at: told.size, room_id: roomId, message_id: id },
        ...{ rows_at: null, files_at: null },
      })
      .execute();
  }
  const { changePage } = harness.documents;
  const failing = {
    ...deps(),
    documents: {
      changePage: (...given: Parameters<typeof changePage>) =>
        given[0] === bad.roomId ? Promise.reject(new Error('unreadable')) : changePage(...given),
    },
  };
  const run = { always: false, later: never };
  await expect(eraseFiles(failing, run)).rejects.toMatchObject({
    errors: [expect.objectContaining({ message: 'unreadable' }) as Error],
  });
  const stamps = async () => {
    const all = await Promise.all([...told].map(([roomId, id]) => report(roomId, id)));
    return all.map((each) => [each?.rowsAt !== null, each?.filesAt !== null]);
  };
  expect(await stamps()).toEqual([
    [false, false],
    [true, true],
  ]);
  await eraseFiles(deps(), run);
  expect(await stamps()).toEqual([
    [true, true],
    [true, true],
  ]);
});
