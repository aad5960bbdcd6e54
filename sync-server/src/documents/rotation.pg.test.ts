import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import type { MessageId } from '@skerry/protocol/ids.ts';
import { MAX_CLOSED_PAGE_BYTES, MAX_PAGE_BYTES } from '@skerry/protocol/limits.ts';
import { orderOf, readOrder } from '@skerry/protocol/page/pageDoc.ts';
import * as Y from 'yjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDatabase } from '../../test/database.ts';
import { message, newId, set } from '../../test/gateRig.ts';
import { until } from '../../test/harness.ts';
import { newIds, openRoom, type OpenPage, type RoomRig } from '../../test/roomRig.ts';
import type { Database } from '../platform/database.ts';
import { randomClientId } from './clientId.ts';
import type { Verdict } from './laneJobs.ts';
import { closePage } from './rotation.ts';
import { createUpdateLog } from './updateLog.ts';

let db: Database;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

const ACCEPTED = { kind: 'accept' };
const CLOSED = { kind: 'refuse', code: 'page-closed' };
const FULL = { kind: 'refuse', code: 'page-full' };
const KIB = 1_024;

/** Each in an update and under a client id of its own. */
function postEach(page: OpenPage, ids: readonly MessageId[], text?: string): Promise<Verdict[]> {
  return Promise.all(ids.map((id) => page.post([id], text)));
}

function sizeOf(doc: Y.Doc): number {
  return Y.encodeStateAsUpdate(doc).length;
}

function accepted(verdicts: readonly Verdict[]): number {
  return verdicts.filter(({ kind }) => kind === 'accept').length;
}

/** Nothing but the commit that filled the page makes it close. */
function untilHead(room: RoomRig, head: number): Promise<void> {
  return until(`page ${String(head)}`, async () => (await room.head()) === head);
}

async function expectDense(room: RoomRig, count: number): Promise<void> {
  const numbers = (await room.stored()).map(({ number }) => number);
  expect(numbers).toEqual(Array.from({ length: count }, (_, index) => index + 1));
}

describe('P1 a page closes', () => {
  test('at exactly 512 messages; a late one is told so and goes to the next page with its id', async () => {
    const room = await openRoom(db);
    const first = await room.open(0);
    expect(await first.post(newIds(500))).toMatchObject(ACCEPTED);
    const ids = newIds(20);
    const verdicts = await postEach(first, ids);
    expect(accepted(verdicts)).toBe(12);
    const late = ids.slice(12);
    expect(verdicts.slice(12)).toMatchObject(
      late.map((id) => ({ ...CLOSED, key: `messages/${id}` })),
    );
    expect(orderOf(first.doc).length).toBe(512);
    expect(await room.head()).toBe(1);
    const second = await room.open(1);
    expect(accepted(await postEach(second, late))).toBe(8);
    expect(readOrder(second.doc).map(([id, , number]) => [id, number])).toEqual(
      late.map((id, index) => [id, 513 + index]),
    );
    await expectDense(room, 520);
  });

  test('above 256 KiB encoded, by at most the one update that passed them', async () => {
    const room = await openRoom(db);
    const page = await room.open(0);
    const text = 'x'.repeat(16_000);
    const verdicts = await postEach(page, newIds(20), text);
    expect(accepted(verdicts)).toBe(17);
    expect(verdicts.slice(17)).toMatchObject([CLOSED, CLOSED, CLOSED]);
    expect(sizeOf(page.doc)).toBeGreaterThan(MAX_PAGE_BYTES);
    expect(sizeOf(page.doc)).toBeLessThan(MAX_PAGE_BYTES + 17_000);
    expect(await room.head()).toBe(1);
  });

  test('not for words that are overwritten, however many they were', async () => {
    const room = await openRoom(db);
    const page = await room.open(0);
    const id = newId();
    await page.post([id]);
    for (let i = 0; i < 20; i++) {
      const edited = message(room.ann, `${String(i)}${'x'.repeat(16_000)}`);
      expect(await page.change((fork) => set(fork, id, edited), 4_711)).toMatchObject(ACCEPTED);
    }
    expect(sizeOf(page.doc)).toBeLessThan(20 * KIB);
    expect(await room.head()).toBe(0);
    expect(await (await room.open(0)).post(newIds(1))).toMatchObject(ACCEPTED);
  });

  test('at 400 client ids, the one of the server among them', async () => {
    const room = await openRoom(db);
    const page = await room.open(0);
    const verdicts = await postEach(page, newIds(405));
    expect(accepted(verdicts)).toBe(399);
    expect(verdicts.slice(399)).toMatchObject(Array.from({ length: 6 }, () => CLOSED));
    expect(page.doc.store.clients.size).toBe(400);
    expect(await room.head()).toBe(1);
  });
});

test('P2 what does not fit into the rest of a page waits, closes it and goes to the next one', async () => {
  const room = await openRoom(db);
  const page = await room.open(0);
  await page.post(newIds(500));
  const ids = newIds(10);
  const verdicts = await Promise.all([page.post(newIds(10)), page.post(ids)]);
  expect(verdicts).toMatchObject([ACCEPTED, { kind: 'later' }]);
  expect(await page.post(ids)).toMatchObject({ ...CLOSED, key: `messages/${String(ids[0])}` });
  expect(await (await room.open(1)).post(ids)).toMatchObject(ACCEPTED);
  await expectDense(room, 520);
});

test('P2 an update with more messages than are left does not close a page that is less than half full', async () => {
  const room = await openRoom(db);
  const page = await room.open(0);
  await page.post(newIds(255));
  const [first, ...rest] = newIds(258);
  expect(await page.post([String(first) as MessageId, ...rest])).toMatchObject({
    ...{ kind: 'refuse', code: 'too-large', key: `messages/${String(first)}` },
  });
  expect(await page.post(rest)).toMatchObject(ACCEPTED);
  await untilHead(room, 1);
});

test('P3 numbers run on: 3,000 messages make 6 pages', async () => {
  const room = await openRoom(db);
  const pages: OpenPage[] = [];
  const ids = newIds(3_000);
  let waiting = ids;
  // 13 rounds are enough when nothing is refused.
  for (let round = 0; round < 40 && waiting.length > 0; round++) {
    const page = (pages[await room.head()] ??= await room.open(await room.head()));
    const batch = waiting.slice(0, 32);
    const pieces = batch.map((id, index) => [id, ...waiting.slice(32 + 7 * index, 39 + 7 * index)]);
    const verdicts = await Promise.all(pieces.map((piece) => page.post(piece)));
    const stored = new Set(
      pieces.flatMap((piece, i) => (verdicts[i]?.kind === 'accept' ? piece : [])),
    );
    waiting = waiting.filter((id) => !stored.has(id));
  }
  expect(pages.length).toBe(6);
  expect(await room.head()).toBe(5);
  expect(new Set((await room.stored()).map(({ id }) => id))).toEqual(new Set(ids));
  await expectDense(room, 3_000);
  const counts = pages.map(({ doc }) => orderOf(doc).length);
  expect(counts).toEqual([512, 512, 512, 512, 512, 440]);
});

describe('P4 a closed page', () => {
  test('takes edits, deletes and reactions', async () => {
    const room = await openRoom(db);
    const page = await room.open(0);
    const [edited, deleted] = newIds(2) as [MessageId, MessageId];
    await page.post([edited, deleted, ...newIds(510)]);
    await untilHead(room, 1);
    const again = await room.open(0);
    const changes = [
      (fork: Y.Doc) => set(fork, edited, message(room.ann, 'edited')),
      (fork: Y.Doc) => set(fork, deleted, { by: room.ann, at: 1_000, deleted: true }),
      (fork: Y.Doc) => fork.getMap('reactions').set(`${edited}/${room.ann}/🌊`, 1),
    ];
    for (const make of changes) expect(await again.change(make)).toMatchObject(ACCEPTED);
    expect(await again.post(newIds(1))).toMatchObject(CLOSED);
    expect(again.doc.getMap('messages').get(edited)).toMatchObject({ text: 'edited' });
  });

  test('takes nothing that brings it above 1,000 client ids', async () => {
    const room = await openRoom(db);
    const page = await room.open(0);
    const ids = newIds(399);
    await postEach(page, ids);
    expect(page.doc.store.clients.size).toBe(400);
    const react = (numbers: readonly number[], writer?: number) =>
      page.change((fork) => {
        for (const number of numbers) {
          fork.clientID = writer ?? randomClientId();
          const key = `${String(ids[number % ids.length])}/${room.ann}/e${String(number)}`;
          fork.getMap('reactions').set(key, 1);
        }
      });
    expect(await react([9_000], 4_711)).toMatchObject(ACCEPTED);
    for (let from = 0; from < 580; from += 20) {
      const numbers = Array.from({ length: 20 }, (_, index) => from + index);
      expect(await react(numbers)).toMatchObject(ACCEPTED);
    }
    const verdicts = await Promise.all(
      Array.from({ length: 25 }, (_, index) => react([580 + index])),
    );
    expect(accepted(verdicts)).toBe(19);
    expect(verdicts.slice(19)).toMatchObject(Array.from({ length: 6 }, () => FULL));
    expect(page.doc.store.clients.size).toBe(1_000);
    // An id that it has costs nobody anything more.
    expect(await react([9_001], 4_711)).toMatchObject(ACCEPTED);
  });

  test('takes nothing that brings it above 512 KiB', async () => {
    const room = await openRoom(db);
    const page = await room.open(0);
    const ids = newIds(40);
    await page.post([...ids, ...newIds(472)]);
    await untilHead(room, 1);
    const edited = message(room.ann, 'x'.repeat(16_000));
    const verdicts = await Promise.all(
      ids.map((id) => page.change((fork) => set(fork, id, edited))),
    );
    const count = accepted(verdicts);
    expect(count).toBeGreaterThan(20);
    expect(verdicts.slice(count)).toMatchObject(
      ids.slice(count).map((id) => ({ ...FULL, key: `messages/${id}` })),
    );
    expect(sizeOf(page.doc)).toBeLessThanOrEqual(MAX_CLOSED_PAGE_BYTES);
    expect(sizeOf(page.doc)).toBeGreaterThan(MAX_CLOSED_PAGE_BYTES - 17_000);
  });
});

describe('P5 a page that is full and open, because its process died', () => {
  test('is closed in the next turn, by whoever takes it', async () => {
    const room = await openRoom(db);
    const log = createUpdateLog(db);
    const dies = () => Promise.reject(new Error('killed'));
    const before = await room.open(0, { ...log, closePage: dies });
    expect(await before.post(newIds(512))).toMatchObject(ACCEPTED);
    expect(await before.post(newIds(1))).toMatchObject({ kind: 'later' });
    before.lane.close();
    expect(await room.head()).toBe(0);
    const after = await room.open(0);
    const ids = newIds(1);
    expect(await after.post(ids)).toMatchObject(CLOSED);
    expect(await (await room.open(1)).post(ids)).toMatchObject(ACCEPTED);
    await expectDense(room, 513);
  });

  test('is found closed when only the answer was lost', async () => {
    const room = await openRoom(db);
    const log = createUpdateLog(db);
    const page = await room.open(0, {
      ...log,
      closePage: async (full) => {
        await log.closePage(full);
        throw new Error('connection reset');
      },
    });
    expect(await page.post(newIds(512))).toMatchObject(ACCEPTED);
    const late = await page.post(newIds(1));
    expect(['later', 'refuse']).toContain(late.kind);
    expect(await page.post(newIds(1))).toMatchObject(CLOSED);
    expect(await room.head()).toBe(1);
    expect(page.closings).toEqual([false]);
  });
});

test('P5 a page is closed once, and not on the word of who has not seen all of it', async () => {
  const room = await openRoom(db);
  const { lane, post } = await room.open(0);
  await post(newIds(2));
  const { roomId } = room;
  const close = (version: number) => closePage(db, { roomId, page: 0, version, nextNumber: 3 });
  const pages = () =>
    db.kysely
      .selectFrom('documents')
      .select(['page', 'closed', 'first_number'])
      .where('room_id', '=', roomId)
      .orderBy('page')
      .execute();
  expect(await close(lane.version - 1)).toBe(false);
  expect(await room.head()).toBe(0);
  expect(await pages()).toEqual([{ page: 0, closed: false, first_number: 1 }]);
  const both = await Promise.all([close(lane.version), close(lane.version)]);
  expect(both.sort()).toEqual([false, true]);
  expect(await room.head()).toBe(1);
  expect(await pages()).toEqual([
    { page: 0, closed: true, first_number: 1 },
    { page: 1, closed: false, first_number: 3 },
  ]);
});

test('P5 T10 two processes on one page close it once, with equal and dense numbers', async () => {
  const room = await openRoom(db);
  const nodes = [await room.open(0), await room.open(0)] as const;
  const both = await Promise.all(
    nodes.map((node) => Promise.all(Array.from({ length: 100 }, () => node.post(newIds(3))))),
  );
  expect(accepted(both.flat())).toBe(170);
  const others = both.flat().filter(({ kind }) => kind !== 'accept' && kind !== 'later');
  expect(others).toMatchObject(others.map(() => CLOSED));
  await Promise.all(nodes.map(({ lane }) => lane.catchUp()));
  expect(nodes.flatMap(({ closings }) => closings).filter((isOurs) => isOurs)).toEqual([true]);
  expect(readOrder(nodes[0].doc)).toEqual(readOrder(nodes[1].doc));
  const pages = await db.kysely
    .selectFrom('documents')
    .select(['page', 'closed', 'first_number'])
    .where('room_id', '=', room.roomId)
    .orderBy('page')
    .execute();
  expect(pages).toEqual([
    { page: 0, closed: true, first_number: 1 },
    { page: 1, closed: false, first_number: 511 },
  ]);
  const next = [await room.open(1), await room.open(1)] as const;
  await Promise.all(next.map((node) => postEach(node, newIds(10))));
  await expectDense(room, 530);
});

test('P6 a message that the closed page holds is a duplicate on the next one', async () => {
  const room = await openRoom(db);
  const page = await room.open(0);
  const ids = newIds(512);
  await page.post(ids);
  const id = ids.slice(0, 1);
  expect(await (await room.open(1)).post(id)).toMatchObject({ code: 'duplicate' });
  expect(pageDocumentName(room.roomId, 1)).toBe((await room.open(1)).lane.name);
});
