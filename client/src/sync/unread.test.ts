import type { MessageId } from '@skerry/protocol/ids.ts';
import type { UnreadState } from '@skerry/protocol/stateless.ts';
import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { ANN, ROOM } from '../../test/sync/operations.ts';
import {
  hearActivity,
  hearCount,
  hearNewest,
  hearRemoval,
  NOTHING_HEARD,
  standingOf,
} from './unread.ts';

const COUNT: UnreadState = { room: ROOM, last: 10, unread: 4, mentions: 2, mark: { number: 5 } };
const heard = hearCount(NOTHING_HEARD, COUNT);

test.each([
  ['the mark it was counted from', { number: 5 }, 4, 2],
  ['everything read', { number: 10 }, 0, 0],
  ['read beyond what was counted', { number: 12 }, 0, 0],
  ['all but two read', { number: 8 }, 2, 2],
  ['all read, one marked unread', { number: 10, except: [7] }, 1, 1],
])('B15 offline the number follows my own mark at once: %s', (_, mark, unread, mentions) => {
  expect(standingOf(heard, mark)).toEqual({ last: 10, unread, mentions });
});

test('what comes in is added, twice is once, and what was counted already is not', () => {
  const news = { room: ROOM, page: 0, last: 12, added: 2, mentions: 1 };
  const once = hearActivity(heard, news, 0);
  expect(standingOf(once, COUNT.mark)).toEqual({ last: 12, unread: 6, mentions: 3 });
  expect(hearActivity(once, news, 0)).toEqual(once);
  const counted = hearCount(once, { ...COUNT, last: 12, unread: 6, mentions: 3 });
  expect(standingOf(counted, COUNT.mark)).toEqual({ last: 12, unread: 6, mentions: 3 });
  // The notice began below what was counted.
  const overlapping = hearActivity(heard, { ...news, last: 11, added: 5 }, 0);
  expect(standingOf(overlapping, COUNT.mark).unread).toBe(5);
});

test('a count from the same mark that is older than what is known changes nothing', () => {
  expect(hearCount(heard, { ...COUNT, last: 9, unread: 9 })).toBe(heard);
});

test('a message that was deleted leaves the number with the next count', () => {
  const after = hearCount(heard, { ...COUNT, unread: 3 });
  expect(standingOf(after, COUNT.mark).unread).toBe(3);
});

test('B5 the time of a preview is when it was written, but never ahead of this clock', () => {
  const id = v7({ msecs: 5_000 }) as MessageId;
  const preview = { id, by: ANN, name: 'Ann', text: 'hello' };
  const news = { room: ROOM, page: 0, last: 11, added: 1, mentions: 0, preview };
  expect(hearActivity(heard, news, 9_000).newest?.at).toBe(5_000);
  expect(hearActivity(heard, news, 2_000).newest?.at).toBe(2_000);
  const newer = { last: 12, by: ANN, name: 'Ann', text: 'newer', at: 1 };
  expect(hearActivity(hearNewest(heard, newer), news, 9_000).newest).toEqual(newer);
});

test('B9 what was removed is quoted no more, whatever came before or comes late', () => {
  const preview = { id: v7({ msecs: 5_000 }) as MessageId, by: ANN, name: 'Ann', text: 'kept' };
  const known = hearNewest(heard, { last: 12, by: ANN, name: 'Ann', text: 'removed', at: 1 });
  const now = 9_000;
  const after = hearRemoval(known, { room: ROOM, last: 12, preview }, now);
  expect(after.newest).toEqual({ last: 12, by: ANN, name: 'Ann', text: 'kept', at: 5_000 });
  expect(hearRemoval(after, { room: ROOM, last: 12, preview }, now)).toEqual(after);
  expect(hearRemoval(known, { room: ROOM, last: 12 }, now).newest).toBeUndefined();
  // It was read before something newer came.
  expect(hearRemoval(known, { room: ROOM, last: 11 }, now)).toBe(known);
  expect(hearRemoval(known, { room: ROOM, last: 11, preview }, now)).toBe(known);
  expect(standingOf(after, COUNT.mark)).toEqual(standingOf(known, COUNT.mark));
});
