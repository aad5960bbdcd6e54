import { pageDocumentName, parseDocumentName } from '@skerry/protocol/documentName.ts';
import type { MessageId, UserId } from '@skerry/protocol/ids.ts';
import { newMessageRecord } from '@skerry/protocol/page/messageRecord.ts';
import { definePage, messagesOf, orderOf } from '@skerry/protocol/page/pageDoc.ts';
import { v7 } from 'uuid';
import { expect, test, vi } from 'vitest';
import { applyUpdate, Doc, encodeStateAsUpdate } from 'yjs';
import { createManualTimers } from '../../test/sync/manualTimers.ts';
import { ANN, ROOM } from '../../test/sync/operations.ts';
import { createScriptedConnection } from '../../test/sync/scriptedConnection.ts';
import { createScriptedDocuments } from '../../test/sync/scriptedDocuments.ts';
import { countPages } from './countPages.ts';
import { createMemoryStore } from './localStore.ts';
import { createOutbox } from './outbox.ts';
import { createCell } from './readable.ts';
import { createRoomPages } from './roomPages.ts';
import type { ConnectionState } from './views.ts';

const BO = v7() as UserId;
const PER_PAGE = 60;
const HOUR_MS = 60 * 60_000;
const UNKNOWN = { last: 0, unread: 0, mentions: 0 };

/** A room on a server that answers at once, one message an hour, open on a device. */
function open(pageCount: number) {
  const ids = Array.from(
    { length: pageCount * PER_PAGE },
    (_, index) => v7({ msecs: index * HOUR_MS }) as MessageId,
  );
  const server = Array.from({ length: pageCount }, (_, page) => filledPage(ids, page));
  const connection = createScriptedConnection((one) => {
    const name = parseDocumentName(one.name);
    const page = name?.kind === 'page' ? server[name.page] : undefined;
    if (page === undefined) throw new Error(`there is no ${one.name}`);
    if (!one.isOpen || state.get() !== 'online') return;
    applyUpdate(one.doc, encodeStateAsUpdate(page), one.link.origin);
    one.onSynced();
  });
  const timers = createManualTimers();
  const outbox = createOutbox(createMemoryStore(), () => undefined);
  const documents = createScriptedDocuments({ connection, timers, outbox });
  const state = createCell<ConnectionState>('online');
  const pages = createRoomPages({
    roomId: ROOM,
    documents,
    connection: state,
    findHead: () => pageCount - 1,
    headSources: [],
    mayDrop: () => true,
  });
  const held = () => pages.views().map(({ page }) => page);
  /** Looks at this number and the eleven after it, as a list does, and waits for what comes of it. */
  const look = async (number: number): Promise<void> => {
    pages.show(number, number + 11);
    const [first] = held();
    if (number <= (first ?? 0) * PER_PAGE + 25) pages.loadOlder();
    const end = held().find((page, index, all) => all[index + 1] !== page + 1) ?? 0;
    if (pages.hole.get() !== undefined && number + 11 > (end + 1) * PER_PAGE - 25)
      pages.loadNewer();
    await settle();
  };
  const scroll = async (from: number, to: number): Promise<void> => {
    const step = from < to ? 10 : -10;
    for (let at = from; (to - at) * step > 0; at += step) await look(at);
    await look(to);
  };
  return { ids, server, connection, documents, state, pages, held, look, scroll };
}

function filledPage(ids: readonly MessageId[], page: number): Doc {
  const doc = new Doc();
  definePage(doc);
  doc.transact(() => {
    for (let index = page * PER_PAGE; index < (page + 1) * PER_PAGE; index += 1) {
      const id = ids[index];
      if (id === undefined) continue;
      messagesOf(doc).set(id, newMessageRecord(BO, index * HOUR_MS, String(index + 1)));
      orderOf(doc).push([[id, index * HOUR_MS, index + 1]]);
    }
  });
  return doc;
}

/** Lets everything that does not wait for a person come to its end. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 4; turns += 1) await new Promise((done) => setImmediate(done));
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

test('B22 far back, twelve pages are kept: those around the screen, and the end of the room', async () => {
  const { pages, held, scroll } = open(40);
  await settle();
  expect(held()).toEqual([39]);
  let most = 0;
  pages.changed.subscribe(() => {
    most = Math.max(most, held().length);
  });
  await scroll(39 * PER_PAGE + 1, 15 * PER_PAGE + 10);
  // One more while it comes.
  expect(most).toBe(13);
  expect(held()).toHaveLength(12);
  expect(held().at(-1)).toBe(39);
  const around = held().slice(0, -1);
  expect(around).toEqual(range(around[0] ?? 0, (around[0] ?? 0) + 10));
  expect(around).toContain(14);
  expect(around).toContain(16);
  expect(pages.hole.get()).toEqual({ before: 39 * PER_PAGE + 1, state: 'more' });
});

test('B22 on the way down what was let go comes back, without a hole at the end', async () => {
  const { pages, held, scroll } = open(30);
  await settle();
  await scroll(29 * PER_PAGE + 1, 1);
  expect(held()[0]).toBe(0);
  expect(pages.older.get()).toBe('none');
  await scroll(1, 30 * PER_PAGE - 11);
  expect(pages.hole.get()).toBeUndefined();
  expect(held()).toEqual(range(18, 29));
  expect(pages.older.get()).toBe('more');
  expect(pages.endViews()).toEqual(pages.views());
});

test('B22 a jump to the end leaves what was before the hole', async () => {
  const { held, scroll, look, pages } = open(30);
  await settle();
  await scroll(29 * PER_PAGE + 1, 300);
  expect(pages.hole.get()).toBeDefined();
  await look(30 * PER_PAGE - 11);
  expect(held()).toEqual([29]);
  expect(pages.hole.get()).toBeUndefined();
});

test('B22 offline, a page that this device does not hold leaves the hole open, and comes with a connection', async () => {
  const { held, scroll, pages, state, look, connection, server } = open(30);
  await settle();
  await scroll(29 * PER_PAGE + 1, 300);
  const last = held().at(-2) ?? 0;
  state.set('offline');
  await scroll(300, (last + 1) * PER_PAGE - 11);
  expect(pages.hole.get()?.state).toBe('not-on-device');
  expect(held()).toContain(last);
  expect(held()).not.toContain(last + 1);
  state.set('online');
  const [waiting] = connection.open(pageDocumentName(ROOM, last + 1));
  const page = server[last + 1];
  if (waiting === undefined || page === undefined) throw new Error('nobody waits for it');
  applyUpdate(waiting.doc, encodeStateAsUpdate(page), waiting.link.origin);
  waiting.onSynced();
  await look((last + 1) * PER_PAGE - 11);
  expect(held()).toContain(last + 1);
});

test('B22 rows that pass within pages that are here tell nobody, and no page is counted twice', async () => {
  const { pages, scroll, look, server, connection } = open(10);
  await settle();
  await scroll(9 * PER_PAGE + 1, 5 * PER_PAGE);
  await look(5 * PER_PAGE + 30);
  let told = 0;
  const orders = pages.views().map(({ doc }) => vi.spyOn(orderOf(doc), 'toArray'));
  const readings = () => orders.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  pages.changed.subscribe(() => {
    told += 1;
    countPages(pages.endViews(), ANN, { number: 0 }, UNKNOWN);
  });
  countPages(pages.endViews(), ANN, { number: 0 }, UNKNOWN);
  const pageCount = pages.views().length;
  expect(readings()).toBe(pageCount);
  for (let at = 0; at < 20; at += 1) pages.show(5 * PER_PAGE + 30 + at, 5 * PER_PAGE + 41 + at);
  expect([told, readings()]).toEqual([0, pageCount]);

  // One message on the head: that page alone is read again, for what it spans and for the count.
  const [head] = connection.open(pageDocumentName(ROOM, 9));
  const page = server[9];
  if (head === undefined || page === undefined) throw new Error('the head is not attached');
  const id = v7() as MessageId;
  page.transact(() => {
    messagesOf(page).set(id, newMessageRecord(BO, 1, 'news'));
    orderOf(page).push([[id, 1, 10 * PER_PAGE + 1]]);
  });
  applyUpdate(head.doc, encodeStateAsUpdate(page), head.link.origin);
  expect([told, readings()]).toEqual([1, pageCount + 2]);
});

test('B15 a message that a link names is sought until it was on screen, or is not where it could be', async () => {
  const { ids, pages, held, look } = open(20);
  await settle();
  const [sought] = ids.slice(10 * PER_PAGE + 5);
  if (sought === undefined) throw new Error('the room is short');
  pages.seek(sought);
  expect(pages.seeking.get()).toBe(true);
  await settle();
  expect(held()).toEqual(range(10, 19));
  await look(20 * PER_PAGE - 11);
  expect(pages.seeking.get()).toBe(true);
  await look(10 * PER_PAGE + 1);
  expect(pages.seeking.get()).toBe(false);

  // Written between two messages that are here, but in none of the pages.
  pages.seek(v7({ msecs: 15 * PER_PAGE * HOUR_MS }) as MessageId);
  await settle();
  expect(pages.seeking.get()).toBe(false);
});

test('B22 what a link names is not let go on its way to the screen', async () => {
  const { ids, pages, held, look, connection } = open(30);
  await settle();
  const [sought] = ids.slice(10 * PER_PAGE + 5);
  if (sought === undefined) throw new Error('the room is short');
  pages.seek(sought);
  await settle();
  const before = connection.attached.length;
  await look(30 * PER_PAGE - 20);
  expect(held()).toEqual(range(10, 29));
  // Not by asking for it once more.
  expect(connection.attached).toHaveLength(before);
  await look(10 * PER_PAGE + 1);
  await look(10 * PER_PAGE + 2);
  expect(held()).toHaveLength(12);
  expect(held()).toContain(10);
});

test('B8 a page that something else held while it was off screen is read again', async () => {
  const { pages, documents, scroll, look, server, connection } = open(10);
  await settle();
  await scroll(9 * PER_PAGE + 1, 5 * PER_PAGE);
  await look(7 * PER_PAGE + 5);
  const viewOf7 = () => pages.views().find(({ page }) => page === 7);
  const name = pageDocumentName(ROOM, 7);
  const held = documents.acquire(name);
  await look(4 * PER_PAGE + 5);
  const before = viewOf7();
  const [live] = connection.open(name);
  const page = server[7];
  if (live === undefined || page === undefined) throw new Error('nothing holds the page');
  messagesOf(page).set(v7(), newMessageRecord(BO, 1, 'changed'));
  applyUpdate(live.doc, encodeStateAsUpdate(page), live.link.origin);
  await look(7 * PER_PAGE + 5);
  expect(viewOf7()).not.toBe(before);
  held.release();
});
