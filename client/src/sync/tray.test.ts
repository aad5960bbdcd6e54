import type { RefusalCode } from '@skerry/protocol/refusals.ts';
import { expect, test } from 'vitest';
import { post } from '../../test/sync/operations.ts';
import { messagesIn, NO_ROWS } from './operation.ts';
import { addOperation } from './outbox.ts';
import { refuseOperation } from './tray.ts';

/** What a refused message takes to the tray: nothing, itself, its room's or all that is unsent. */
type Taken = 'goes again' | 'is stored' | 'itself' | 'its room' | 'everything';

const TAKEN: Record<RefusalCode, Taken> = {
  unauthenticated: 'goes again',
  'wrong-credentials': 'everything',
  suspended: 'everything',
  'bad-origin': 'everything',
  'client-too-old': 'goes again',
  forbidden: 'its room',
  'not-a-member': 'its room',
  'room-not-found': 'its room',
  'room-locked': 'its room',
  'room-archived': 'its room',
  'last-owner': 'itself',
  'last-admin': 'itself',
  'bad-request': 'itself',
  'not-found': 'itself',
  'handle-taken': 'itself',
  'email-taken': 'itself',
  'room-name-taken': 'itself',
  'key-reused': 'itself',
  'in-progress': 'goes again',
  'link-expired': 'itself',
  'too-large': 'itself',
  'too-many-requests': 'goes again',
  stale: 'goes again',
  duplicate: 'is stored',
  deleted: 'itself',
  removed: 'itself',
  'no-message': 'itself',
  'too-many-reactions': 'itself',
  'page-closed': 'goes again',
  'page-full': 'itself',
  'client-too-new': 'itself',
  author: 'itself',
  shape: 'itself',
  hostile: 'itself',
  internal: 'goes again',
  unavailable: 'goes again',
};

const ELSEWHERE = '01900000-0000-7000-8000-0000000000ee' as never;

test.each(Object.entries(TAKEN) as [RefusalCode, Taken][])(
  'T4 B11 refused as %s, a message %s',
  (code, taken) => {
    const [refused, beside, elsewhere] = [post('refused'), post('beside'), post('x', ELSEWHERE)];
    const before = [refused, beside, elsewhere].reduce(
      (rows, one) => addOperation(one)(rows),
      NO_ROWS,
    );
    const { outbox, tray } = refuseOperation(
      refused.opId,
      code,
      5,
      refused.target.document,
    )(before);
    const idsOf = (rows: readonly { opId: string }[]) => rows.map(({ opId }) => opId);
    const expected = {
      'goes again': [],
      'is stored': [],
      itself: [refused],
      'its room': [refused, beside],
      everything: [refused, beside, elsewhere],
    }[taken];
    expect(idsOf(tray)).toEqual(idsOf(expected));
    expect(tray.every(({ refusal }) => refusal.code === code && refusal.at === 5)).toBe(true);
    const left = taken === 'is stored' ? [refused] : expected;
    expect(idsOf(messagesIn(outbox))).toEqual(
      idsOf([refused, beside, elsewhere].filter((one) => !left.includes(one))),
    );
  },
);
