import { roomDocumentName, userDocumentName } from '@skerry/protocol/documentName.ts';
import type { RoomId, UserId } from '@skerry/protocol/ids.ts';
import { pino } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import * as Y from 'yjs';
import { expect, test } from 'vitest';
import { followHeads } from './headFollowing.ts';

const ROOM = uuidv7() as RoomId;

/** Documents that are loaded, of a room that is on its third page. */
function stage() {
  const ids = Array.from({ length: 120 }, () => uuidv7() as UserId);
  const docs = new Map<string, Y.Doc>();
  const load = (name: string) => {
    const doc = new Y.Doc();
    docs.set(name, doc);
    return doc;
  };
  load(roomDocumentName(ROOM)).getMap('meta').set('head', 0);
  for (const id of ids) load(userDocumentName(id)).getMap('rooms').set(ROOM, { head: 0 });
  load(roomDocumentName(uuidv7() as RoomId))
    .getMap('meta')
    .set('head', 0);
  load(userDocumentName(uuidv7() as UserId)); // no member
  const refreshed: string[] = [];
  const tables = { head: 2 };
  /** Refreshes that fail, the first ones. */
  const failing = { count: 0 };
  const heads = followHeads({
    db: undefined as never, // only what this process has closed is compacted
    store: { findHead: () => Promise.resolve(tables.head) },
    log: pino({ level: 'silent' }),
    loaded: () => docs.keys(),
    live: (name) => Promise.resolve(docs.get(name)),
    refresh: async (name) => {
      refreshed.push(name);
      if (failing.count-- > 0) throw new Error('not now');
      const { head } = tables;
      await new Promise((resolve) => setImmediate(resolve));
      if (name.startsWith('room:')) docs.get(name)?.getMap('meta').set('head', head);
      else docs.get(name)?.getMap('rooms').set(ROOM, { head });
    },
  });
  return { heads, tables, failing, refreshed, members: ids.length };
}

test('P7 however often a new head is told, each document that names another one is changed once', async () => {
  const { heads, refreshed, members } = stage();
  const page = { name: `page:${ROOM}:1`, roomId: ROOM };
  heads.onPageClosed(page, false);
  await Promise.all([heads.refreshHead(ROOM), heads.refreshHead(ROOM)]);
  await heads.refreshHead(ROOM);
  await heads.settled();
  expect(refreshed).toHaveLength(members + 1);
  expect(new Set(refreshed).size).toBe(members + 1);
});

test('P7 a page that is closed while the one before is followed is followed too', async () => {
  const { heads, tables, refreshed, members } = stage();
  const first = heads.refreshHead(ROOM);
  while (refreshed.length === 0) await new Promise((resolve) => setImmediate(resolve));
  tables.head = 3;
  await Promise.all([first, heads.refreshHead(ROOM), heads.refreshHead(ROOM)]);
  // Those that the first one came to later name the newest already.
  expect(refreshed.length).toBeGreaterThan(members + 1);
  expect(refreshed.length).toBeLessThanOrEqual(2 * (members + 1));
});

test('P7 one document that cannot be changed keeps no other from the new head, and is tried again', async () => {
  const { heads, failing, refreshed, members } = stage();
  failing.count = 1;
  await expect(heads.refreshHead(ROOM)).rejects.toThrow('not now');
  expect(refreshed).toHaveLength(members + 1);
  await heads.refreshHead(ROOM);
  expect(refreshed).toHaveLength(members + 2);
});
