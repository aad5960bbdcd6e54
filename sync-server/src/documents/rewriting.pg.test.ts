import { userDocumentName } from '@skerry/protocol/documentName.ts';
import type { RoomId } from '@skerry/protocol/ids.ts';
import { MAX_USER_DOCUMENT_CLIENTS } from '@skerry/protocol/limits.ts';
import { defineUser, readMarkOf, readRoomList } from '@skerry/protocol/user/userDoc.ts';
import * as Y from 'yjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { write } from '../../test/gateRig.ts';
import {
  startHarness,
  until,
  type Attached,
  type Harness,
  type Person,
} from '../../test/harness.ts';
import { systemClock } from '../platform/clock.ts';
import { createAccessStore } from './accessStore.ts';
import { randomClientId } from './clientId.ts';
import { Lane } from './lane.ts';
import { rewriteUserDocument } from './rewriting.ts';
import { createUpdateLog } from './updateLog.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

/** As many tabs, each with its own Yjs client id, as make the server write the document anew. */
const TABS = MAX_USER_DOCUMENT_CLIENTS;

async function manyTabs({ doc }: Attached, room: RoomId): Promise<void> {
  for (let number = 1; number <= TABS; number++) {
    doc.clientID = randomClientId();
    doc.getMap('reads').set(room, { number });
    // Paced by the frames of the socket, as tabs would be by time.
    if (number % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

function rulesOf(name: string): Promise<number | undefined> {
  return harness.db.kysely
    .selectFrom('documents')
    .select('rules')
    .where('name', '=', name)
    .executeTakeFirst()
    .then((row) => row?.rules);
}

async function annInARoom(): Promise<{ ann: Person; room: RoomId; name: string }> {
  const ann = await harness.person('Ann');
  const room = await harness.room([[ann, 'owner']]);
  return { ann, room, name: userDocumentName(ann.id) };
}

test('T17 above 400 client ids the document is written anew: same values, one id, and devices fetch it', async () => {
  const { ann, room, name } = await annInARoom();
  const [phone, laptop] = [harness.device(ann), harness.device(ann)];
  const before = await phone.attach(name);
  const idle = await laptop.attach(name);
  before.doc.getMap('drafts').set(room, { text: 'so far', at: 1 });
  before.doc.getMap('preferences').set('receipts', false);
  await manyTabs(before, room);
  for (const { said, closed } of [before, idle]) {
    await until('the rebuild', () => said.some(({ type }) => type === 'rebuild'));
    await until('the end', () => closed.length > 0);
  }
  expect(await rulesOf(name)).toBe(1);
  // As our client does: the old copy is dropped, and the document is fetched.
  before.provider.destroy();
  idle.provider.destroy();
  const after = await harness.device(ann).attach(name);
  expect(after.doc.store.clients.size).toBe(1);
  // What was still on its way is not lost with it: it was neither stored nor acknowledged.
  expect(readMarkOf(after.doc, room).number).toBeGreaterThanOrEqual(TABS - 2);
  expect(after.doc.getMap('drafts').toJSON()).toEqual({ [room]: { text: 'so far', at: 1 } });
  expect(after.doc.getMap('preferences').toJSON()).toEqual({ receipts: false });
  expect([...readRoomList(after.doc).keys()]).toEqual([room]);
  // Of the retired ids only the server's stay bound, and the document goes on.
  const bound = await harness.db.kysely
    .selectFrom('document_clients')
    .select(['client_id', 'user_id'])
    .where('document', '=', name)
    .execute();
  expect(bound).toHaveLength(2);
  expect(bound.every(({ user_id }) => user_id === null)).toBe(true);
  expect(bound.some(({ client_id }) => before.doc.store.clients.has(client_id))).toBe(true);
  const other = await harness.device(ann).attach(name);
  after.doc.getMap('reads').set(room, { number: TABS + 1 });
  await until('the next mark', () => readMarkOf(other.doc, room).number === TABS + 1);
  const second = await harness.room([[ann, 'owner']]);
  await harness.documents.refreshUser(ann.id);
  await until('the next room', () => readRoomList(other.doc).has(second));
  // What the server adds is under an id that no old copy holds.
  for (const client of other.doc.store.clients.keys())
    expect(before.doc.store.clients.has(client)).toBe(false);
});

test('T17 an operation that was not sent yet survives: it is made again on what was fetched', async () => {
  const { ann, room, name } = await annInARoom();
  const device = harness.device(ann);
  const before = await device.attach(name);
  await manyTabs(before, room);
  await until('the end', () => before.closed.length > 0);

  // A fork of the old copy, under a fresh id, on a document that was fetched anew: later, never refused.
  const fork = new Y.Doc();
  Y.applyUpdate(fork, Y.encodeStateAsUpdate(before.doc));
  fork.clientID = randomClientId();
  const late = write(fork, (doc) => doc.getMap('reads').set(room, { number: TABS + 7 }));
  const after = await harness.device(ann).attach(name);
  expect(readMarkOf(after.doc, room)).toEqual({ number: TABS });
  after.provider.documentUpdateHandler(late, {});
  await until('an answer', () => after.said.some(({ type }) => type === 'later'));
  expect(after.said.filter(({ type }) => type === 'refused')).toEqual([]);
  // So does the next frame of a tab that did not notice.
  const unaware = new Y.Doc();
  Y.applyUpdate(unaware, Y.encodeStateAsUpdate(before.doc));
  unaware.clientID = before.doc.clientID;
  const next = write(unaware, (doc) => doc.getMap('reads').set(room, { number: TABS + 7 }));
  const laters = () => after.said.filter(({ type }) => type === 'later').length;
  const answered = laters();
  after.provider.documentUpdateHandler(next, {});
  await until('the next answer', () => laters() > answered);
  expect(after.said.filter(({ type }) => type === 'refused')).toEqual([]);

  // The device that was away comes back with its old copy: it is told to fetch, and nothing of it gets in.
  const away = await harness.device(ann).attach(name, { doc: before.doc });
  await until('the rebuild', () => away.said.some(({ type }) => type === 'rebuild'));
  expect(away.closed).toEqual([]);
  const fresh = await harness.device(ann).attach(name);
  fresh.doc.getMap('reads').set(room, { number: TABS + 7 });
  const check = await harness.device(ann).attach(name);
  await until('the mark', () => readMarkOf(check.doc, room).number === TABS + 7);
});

test('T17 another process notices: it merges nothing into what it has, and answers later', async () => {
  const { ann, room, name } = await annInARoom();
  const open = async () => {
    const doc = new Y.Doc();
    let rewritten = 0;
    const lane = new Lane({
      ...{ name, doc, log: createUpdateLog(harness.db), access: createAccessStore(harness.db) },
      ...{ clock: systemClock, serverClientId: randomClientId() },
      onRewritten: () => rewritten++,
    });
    await lane.open();
    return { doc, lane, rewritten: () => rewritten };
  };
  const set = (doc: Y.Doc, number: number) => {
    const fork = new Y.Doc();
    defineUser(fork);
    Y.applyUpdate(fork, Y.encodeStateAsUpdate(doc));
    return write(fork, (each) => each.getMap('reads').set(room, { number }));
  };
  const [a, b, c] = [await open(), await open(), await open()];
  for (let number = 1; number <= TABS + 1; number++)
    expect((await a.lane.submit(set(a.doc, number), ann.id, 'update')).kind).toBe('accept');
  await b.lane.catchUp();
  expect(await rewriteUserDocument(harness.db, name)).toBeGreaterThan(b.lane.version);
  expect(await rewriteUserDocument(harness.db, name)).toBeUndefined();
  const held = Y.encodeStateVector(b.doc);

  const [verdict] = await Promise.all([
    b.lane.submit(set(b.doc, TABS + 2), ann.id, 'update'),
    expect(b.lane.change(() => Promise.resolve(() => undefined))).rejects.toThrow('closed'),
  ]);
  expect(verdict).toEqual({ kind: 'later', reason: 'unavailable' });
  expect([b.rewritten(), b.lane.isClosed]).toEqual([1, true]);
  expect(Y.encodeStateVector(b.doc)).toEqual(held);
  // One that only hears of a new version.
  await c.lane.catchUp();
  expect([c.rewritten(), c.doc.getMap('reads').size]).toEqual([1, 0]);

  const fresh = await open();
  expect(fresh.doc.store.clients.size).toBe(1);
  expect(readMarkOf(fresh.doc, room)).toEqual({ number: TABS + 1 });
  expect((await fresh.lane.submit(set(fresh.doc, TABS + 2), ann.id, 'update')).kind).toBe('accept');
});

test('T17 a page is never written anew, and a small user document neither', async () => {
  const { ann, name } = await annInARoom();
  await harness.device(ann).attach(name);
  expect(await rewriteUserDocument(harness.db, name)).toBeUndefined();
  expect(await rewriteUserDocument(harness.db, 'user:unknown')).toBeUndefined();
  expect(await rulesOf(name)).toBe(0);
});
