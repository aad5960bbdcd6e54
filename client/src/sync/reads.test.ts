import { userDocumentName } from '@skerry/protocol/documentName.ts';
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
import { ANN, deletion, edit, post, ROOM } from '../../test/sync/operations.ts';
import { messagesIn, NO_ROWS, type OperationRows, type ReadOperation } from './operation.ts';
import { addOperation, claimOperations } from './outbox.ts';
import { addRead, markWith, type NewRead } from './reads.ts';
import { sendingDocuments } from './sendQueue.ts';
import { refuseAccount, refuseOperation } from './tray.ts';

const UNDER = { document: userDocumentName(ANN), client: 7, clock: 0 };

function read(mark: ReadMark, upTo: number, room = ROOM): NewRead {
  return { me: ANN, room: { id: room, name: 'General' }, at: 1, change: readUpTo(mark, upTo) };
}

function readsIn({ outbox }: OperationRows): ReadOperation[] {
  return outbox.filter((row) => row.kind === 'read');
}

function leave(rows: OperationRows): OperationRows {
  const opIds = readsIn(rows).map((row) => row.opId);
  return claimOperations(opIds, UNDER).rule(rows);
}

const act = fc.record({
  unread: fc.boolean(),
  number: fc.integer({ min: 1, max: 9 }),
  leaves: fc.boolean(),
});

test('B15 what I read and marked on a device, joined or not, makes the mark that each act made', () => {
  fc.assert(
    fc.property(fc.array(act), (acts) => {
      let rows = NO_ROWS;
      let mark: ReadMark = UNREAD_FROM_START;
      for (const { unread, number, leaves } of acts) {
        const shown = markWith(UNREAD_FROM_START, rows, ROOM);
        const change = unread ? markUnread(shown, [number]) : readUpTo(shown, number);
        rows = addRead({ me: ANN, room: { id: ROOM, name: '' }, at: 1, change })(rows);
        mark = changeMark(mark, change);
        if (leaves) rows = leave(rows);
      }
      const numbers = Array.from({ length: 10 }, (_, index) => index + 1);
      const made = markWith(UNREAD_FROM_START, rows, ROOM);
      expect(numbers.map((each) => isUnread(made, each))).toEqual(
        numbers.map((each) => isUnread(mark, each)),
      );
    }),
  );
});

test('B15 reading on is one operation a room while it has not left, and another one after that', () => {
  const once = addRead(read(UNREAD_FROM_START, 3))(NO_ROWS);
  const twice = addRead(read({ number: 3 }, 8))(once);
  expect(readsIn(twice)).toHaveLength(1);
  const left = leave(twice);
  expect(readsIn(addRead(read({ number: 8 }, 9))(left)).map((row) => row.change.upTo)).toEqual([
    8, 9,
  ]);
});

test('how far I read goes beside the words of its room and waits for none of them', () => {
  const written = post('hello');
  const rows = addRead(read(UNREAD_FROM_START, 3))(addOperation(written)(NO_ROWS));
  const sending = sendingDocuments(
    rows,
    () => 0,
    () => undefined,
  );
  expect([...sending.keys()]).toEqual([written.target.document, userDocumentName(ANN)]);
  expect(messagesIn(rows.outbox)).toHaveLength(1);
});

test('nothing about words is squashed into a read', () => {
  const hello = post('hello');
  const rows = addRead(read(UNREAD_FROM_START, 3))(addOperation(hello)(NO_ROWS));
  const after = addOperation(edit(hello, 'hi'))(rows);
  expect(after.outbox.map((row) => row.kind)).toEqual(['post', 'read']);
  expect(addOperation(deletion(hello))(after).outbox.map((row) => row.kind)).toEqual(['read']);
});

test.each([
  ['not-a-member', 0],
  ['shape', 0],
  ['client-too-new', 0],
  ['stale', 1],
  ['unauthenticated', 1],
  ['unavailable', 1],
] as const)('a read refused as %s stops no words and is in no tray', (code, kept) => {
  const rows = addRead(read(UNREAD_FROM_START, 3))(addOperation(post('hello'))(NO_ROWS));
  const [one] = readsIn(rows);
  const after = refuseOperation(one?.opId ?? '', code, 5, `user:${ANN}`)(rows);
  expect([messagesIn(after.outbox).length, readsIn(after).length, after.tray.length]).toEqual([
    1,
    kept,
    0,
  ]);
});

test('a lost account sets words aside, not reads', () => {
  const rows = addRead(read(UNREAD_FROM_START, 3))(addOperation(post('hello'))(NO_ROWS));
  const after = refuseAccount('suspended', 5)(rows);
  expect([after.outbox.length, after.tray.map((row) => row.kind)]).toEqual([0, ['post']]);
});
