import type { UnreadState } from '@skerry/protocol/stateless.ts';
import {
  changeMark,
  isUnread,
  markUnread,
  readUpTo,
  UNREAD_FROM_START,
  type ReadMark,
} from '@skerry/protocol/user/readMark.ts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ROOM } from '../../test/sync/operations.ts';
import {
  hearActivity,
  hearCount,
  NOTHING_HEARD,
  standingOf,
  type RoomReading,
  type RoomStanding,
} from './unread.ts';

const MAX_POSTS = 12;
const number = fc.integer({ min: 1, max: MAX_POSTS });
const act = fc.oneof(
  fc.record({ do: fc.constant('post' as const), mine: fc.boolean(), mention: fc.boolean() }),
  fc.record({ do: fc.constant('read' as const), number }),
  fc.record({ do: fc.constant('unread' as const), numbers: fc.array(number, { maxLength: 3 }) }),
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;
type Notice = (known: RoomReading) => RoomReading;

/** A room on the server, with what it tells the devices of one person. */
function play(acts: readonly Act[]): { notices: Notice[]; mark: ReadMark; truth: RoomStanding } {
  const posts: { mine: boolean; mention: boolean }[] = [];
  let mark: ReadMark = UNREAD_FROM_START;
  const count = (): UnreadState => {
    const left = posts.filter(({ mine }, index) => !mine && isUnread(mark, index + 1));
    const mentions = left.filter(({ mention }) => mention).length;
    return { room: ROOM, last: posts.length, unread: left.length, mentions, mark };
  };
  const first = count();
  const notices: Notice[] = [(known) => hearCount(known, first)];
  for (const each of acts) {
    if (each.do === 'post') {
      posts.push({ mine: each.mine, mention: each.mention });
      const last = posts.length;
      const added = each.mine ? 0 : 1;
      const mentions = !each.mine && each.mention ? 1 : 0;
      const heard = { room: ROOM, page: 0, last, added, mentions };
      notices.push((known) => hearActivity(known, heard, 0));
      continue;
    }
    const change =
      each.do === 'read'
        ? readUpTo(mark, Math.min(each.number, posts.length))
        : markUnread(mark, each.numbers);
    mark = changeMark(mark, change);
    const counted = count();
    notices.push((known) => hearCount(known, counted));
  }
  const { last, unread, mentions } = count();
  return { notices, mark, truth: { last, unread, mentions } };
}

const story = fc
  .array(act, { maxLength: MAX_POSTS })
  .filter((acts) => acts.filter((each) => each.do !== 'post').length < 8)
  .map(play);

test('B15 late, double and out of order: every device ends with the count of the server', () => {
  fc.assert(
    fc.property(
      story.chain((played) =>
        fc.record({
          played: fc.constant(played),
          orders: fc.array(
            fc.array(fc.nat(played.notices.length - 1), { maxLength: 30 }).chain((extra) =>
              fc.shuffledSubarray([...played.notices.keys(), ...extra], {
                minLength: played.notices.length + extra.length,
              }),
            ),
            { minLength: 2, maxLength: 3 },
          ),
        }),
      ),
      ({ played: { notices, mark, truth }, orders }) => {
        for (const order of orders) {
          const heard = order.reduce(
            (known, index) => notices[index]?.(known) ?? known,
            NOTHING_HEARD,
          );
          expect(standingOf(heard, mark)).toEqual(truth);
        }
      },
    ),
  );
});
