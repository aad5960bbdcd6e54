import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import { definePage } from '@skerry/protocol/page/pageDoc.ts';
import type { RoomId } from '@skerry/protocol/ids.ts';
import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { createManualTimers } from '../../test/sync/manualTimers.ts';
import type { LinkState, LiveDocument } from './documents.ts';
import { createPrefetch } from './prefetch.ts';
import { createCell, type Cell } from './readable.ts';
import { StoredDocument } from './storedDocument.ts';

const newRoom = (): RoomId => v7() as RoomId;

/** What is attached now, by name; the server answers when the test says so. */
function open({ random = (): number => 0, isSender = true } = {}) {
  const attached = new Map<string, Cell<LinkState>>();
  const fetched: string[] = [];
  const acquire = (name: string): LiveDocument => {
    const link = createCell<LinkState>({ state: 'attaching' });
    attached.set(name, link);
    fetched.push(name);
    const stored = new StoredDocument({
      ...{ name, databaseName: undefined, define: definePage, mayWrite: true, guarded: true },
    });
    const release = (): void => void attached.delete(name);
    return { name, stored, link, release, awareness: () => null, sender: undefined };
  };
  const timers = createManualTimers();
  const prefetch = createPrefetch({
    documents: { acquire, isOpen: (name) => attached.has(name) },
    mayFetch: () => isSender,
    timers,
    random,
  });
  const news = (...rooms: RoomId[]): void => {
    prefetch.hear({
      type: 'activity',
      rooms: rooms.map((room) => ({ room, page: 3, last: 9, added: 1, mentions: 0 })),
    });
  };
  const answer = (): void => {
    for (const link of [...attached.values()]) link.set({ state: 'synced' });
  };
  return { attached, fetched, timers, prefetch, news, answer };
}

test('T19 a room with news is attached for a moment, not at once, one after the other', () => {
  const { attached, fetched, timers, news, answer } = open();
  const [one, two] = [newRoom(), newRoom()];
  news(one, two);
  timers.pass(4_999);
  expect(fetched).toEqual([]);
  timers.pass(1);
  expect([...attached.keys()]).toEqual([pageDocumentName(two, 3)]);
  timers.pass(10_000);
  expect(attached.size).toBe(1);
  answer();
  expect(attached.size).toBe(0);
  timers.pass(5_000);
  expect([...attached.keys()]).toEqual([pageDocumentName(one, 3)]);
  answer();
  timers.pass(600_000);
  expect(fetched).toHaveLength(2);
});

test('T19 devices come for it over a minute, for their 20 latest rooms, and give up on what does not come', () => {
  const { attached, fetched, timers, news, answer } = open({ random: () => 0.999 });
  const rooms = Array.from({ length: 25 }, newRoom);
  for (const room of rooms) news(room);
  timers.pass(59_000);
  expect(fetched).toEqual([]);
  timers.pass(1_000);
  expect(attached.size).toBe(1);
  timers.pass(15_000);
  expect(attached.size).toBe(0);
  for (let i = 0; i < 40; i += 1) {
    timers.pass(60_000);
    answer();
  }
  const latest = rooms.slice(5).reverse();
  expect(fetched).toEqual(latest.map((room) => pageDocumentName(room, 3)));
});

test('T19 only the tab that sends fetches, and nothing is attached after the end', () => {
  const other = open({ isSender: false });
  other.news(newRoom());
  other.timers.pass(60_000);
  expect(other.fetched).toEqual([]);
  const { attached, fetched, timers, news, prefetch } = open();
  news(newRoom(), newRoom());
  timers.pass(5_000);
  prefetch.close();
  expect(attached.size).toBe(0);
  news(newRoom());
  timers.pass(600_000);
  expect(fetched).toHaveLength(1);
});
