import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  changeMark,
  isUnread,
  joinChanges,
  markUnread,
  parseReadMark,
  readUpTo,
  UNREAD_FROM_START,
  type ReadChange,
  type ReadMark,
} from './readMark.ts';

const NUMBERS = 12;
const number = fc.integer({ min: 1, max: NUMBERS });
const act = fc.oneof(
  fc.record({ do: fc.constant('read' as const), number }),
  fc.record({ do: fc.constant('unread' as const), numbers: fc.array(number, { maxLength: 4 }) }),
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

function changeOf(mark: ReadMark, each: Act): ReadChange {
  return each.do === 'read' ? readUpTo(mark, each.number) : markUnread(mark, each.numbers);
}

function unreadOf(mark: ReadMark): number[] {
  return Array.from({ length: NUMBERS }, (_, i) => i + 1).filter((each) => isUnread(mark, each));
}

test('B15 squashed changes do what they do one after the other', () => {
  fc.assert(
    fc.property(fc.array(act), fc.array(act, { minLength: 1 }), (before, acts) => {
      const start = before.reduce((m, each) => changeMark(m, changeOf(m, each)), UNREAD_FROM_START);
      let mark = start;
      let joined: ReadChange | undefined;
      for (const each of acts) {
        const change = changeOf(mark, each);
        mark = changeMark(mark, change);
        joined = joined === undefined ? change : joinChanges(joined, change);
      }
      if (joined === undefined) throw new Error('nothing was done');
      expect(unreadOf(changeMark(start, joined))).toEqual(unreadOf(mark));
      expect(parseReadMark(mark)).toEqual(mark);
    }),
  );
});

test('B15 a change that is made twice is made once', () => {
  fc.assert(
    fc.property(fc.array(act), act, (before, each) => {
      const start = before.reduce((m, one) => changeMark(m, changeOf(m, one)), UNREAD_FROM_START);
      const change = changeOf(start, each);
      const once = changeMark(start, change);
      expect(changeMark(once, change)).toEqual(once);
    }),
  );
});

test('B15 what one device marked unread stays so when another one’s reading comes late', () => {
  const shared: ReadMark = { number: 6 };
  const phone = readUpTo(shared, 10);
  let laptop = changeMark(shared, readUpTo(shared, 10));
  laptop = changeMark(laptop, markUnread(laptop, [7, 8, 9, 10]));
  const both = changeMark(laptop, phone);
  expect(unreadOf(both)).toEqual([7, 8, 9, 10, 11, 12]);
});
