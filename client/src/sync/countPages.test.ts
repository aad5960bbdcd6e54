import type { MessageId, UserId } from '@skerry/protocol/ids.ts';
import { newMessageRecord, tombstoneOf } from '@skerry/protocol/page/messageRecord.ts';
import { definePage, messagesOf, orderOf, redactionsOf } from '@skerry/protocol/page/pageDoc.ts';
import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { Doc } from 'yjs';
import { ANN, ROOM } from '../../test/sync/operations.ts';
import { countPages } from './countPages.ts';
import { createManualTimers } from '../../test/sync/manualTimers.ts';
import { createMemoryStore } from './localStore.ts';
import type { PageView } from './messageList.ts';
import { newestIn } from './newestIn.ts';
import { standingOf } from './unread.ts';
import { openUnreadStore } from './unreadStore.ts';

const BO = v7() as UserId;
const UNKNOWN = { last: 0, unread: 0, mentions: 0 };
type Kind = 'bo' | 'ann' | 'mention' | 'deleted' | 'redacted' | 'thread' | 'also';

/** A page whose first message has this number. */
function page(first: number, ...kinds: Kind[]): PageView {
  const doc = new Doc();
  definePage(doc);
  for (const [index, kind] of kinds.entries()) {
    const id = v7() as MessageId;
    const base = newMessageRecord(kind === 'ann' ? ANN : BO, 1_000, kind);
    const threaded = { ...base, thread: v7() as MessageId };
    const record = {
      ...{ bo: base, ann: base, redacted: base, deleted: tombstoneOf(base) },
      ...{ mention: { ...base, mentions: [ANN] }, thread: threaded },
      also: { ...threaded, also: 1 as const },
    }[kind];
    messagesOf(doc).set(id, record);
    orderOf(doc).push([[id, 2_000, first + index]]);
    if (kind === 'redacted') redactionsOf(doc).set(id, { by: BO, at: 3_000 });
  }
  return { page: first, doc };
}

test('B15 no badge without a message behind it: own, deleted, removed and thread messages do not count', () => {
  const pages = [page(1, 'bo', 'ann', 'mention', 'deleted', 'redacted', 'thread', 'also')];
  expect(countPages(pages, ANN, { number: 0 }, UNKNOWN)).toEqual({
    last: 7,
    unread: 3,
    mentions: 1,
  });
  expect(countPages(pages, ANN, { number: 2 }, UNKNOWN)?.unread).toBe(2);
  expect(countPages(pages, ANN, { number: 7, except: [3, 4] }, UNKNOWN)).toEqual({
    last: 7,
    unread: 1,
    mentions: 1,
  });
});

test('what lies below the pages on this device is taken from what was counted before', () => {
  const pages = [page(11, 'bo', 'bo')];
  // Counted when 11 was the last: five of others, 11 among them.
  const known = { last: 11, unread: 5, mentions: 0 };
  expect(countPages(pages, ANN, { number: 3 }, known)?.unread).toBe(6);
  expect(countPages(pages, ANN, { number: 10 }, known)?.unread).toBe(2);
  expect(countPages([], ANN, { number: 3 }, known)).toBeUndefined();
});

test('the newest message with words is shown, with the number of the newest at all', () => {
  expect(newestIn([page(1, 'bo', 'ann'), page(3, 'deleted')])).toEqual({
    ...{ last: 3, by: ANN, name: '', text: 'ann' },
    at: 1_000,
  });
  expect(newestIn([page(1, 'redacted')])).toBeUndefined();
});

test('B15 what was heard is there after a restart, and another database’s numbers are not', async () => {
  const store = createMemoryStore();
  const timers = createManualTimers();
  const mark = { number: 2 };
  const deps = { me: ANN, store, timers, markOf: () => mark, mayWrite: () => true };
  const count = { room: ROOM, last: 9, unread: 7, mentions: 0, mark };
  const first = await openUnreadStore(deps);
  first.hear({ type: 'summary', epoch: 'one', rooms: [count] });
  await first.close();
  const second = await openUnreadStore(deps);
  const standing = () => {
    const reading = second.rooms.get().get(ROOM);
    return reading && standingOf(reading, mark);
  };
  expect(standing()).toEqual({ last: 9, unread: 7, mentions: 0 });
  // Older pages on this device say nothing new.
  second.seePages(ROOM, [page(1, 'bo', 'bo', 'bo')], true);
  expect(standing()?.unread).toBe(7);
  second.hear({ type: 'summary', epoch: 'two', rooms: [{ ...count, last: 4, unread: 2 }] });
  expect(standing()).toEqual({ last: 4, unread: 2, mentions: 0 });
  // Neither do those of before until the server has completed them.
  second.seePages(ROOM, [page(1, 'bo', 'bo', 'bo', 'bo', 'bo')], false);
  expect(standing()).toEqual({ last: 4, unread: 2, mentions: 0 });
  second.seePages(ROOM, [page(1, 'bo', 'bo', 'bo', 'bo', 'bo')], true);
  expect(standing()).toEqual({ last: 5, unread: 3, mentions: 0 });
  second.hear({ type: 'summary', epoch: 'two', rooms: [] });
  expect(standing()).toBeUndefined();
});
