import type { RefusalCode } from '@skerry/protocol/refusals.ts';
import { expect, test } from 'vitest';
import { deletion, edit, post } from '../../test/sync/operations.ts';
import { NO_ROWS, type OperationRows } from './operation.ts';
import {
  addOperation,
  claimOperations,
  discardOperation,
  retryOperation,
  type NewOperation,
} from './outbox.ts';
import { refuseOperation } from './tray.ts';

function write(...operations: NewOperation[]): OperationRows {
  return operations.reduce((rows, operation) => addOperation(operation)(rows), NO_ROWS);
}

function sent(rows: OperationRows, ...opIds: string[]): OperationRows {
  const under = { document: rows.outbox[0]?.target.document ?? '', client: 7, clock: 3 };
  return claimOperations(opIds, under).rule(rows);
}

function kinds({ outbox }: OperationRows): string[] {
  return outbox.map((row) => row.kind);
}

function words(rows: OperationRows['outbox' | 'tray']): string[] {
  return rows.map(({ value }) => ('text' in value ? value.text : ''));
}

const hello = post('hello');

test('an unsent message takes its edits, keeps its place and does not count as edited', () => {
  const rows = write(hello, post('next'), edit(hello, 'hi'));
  expect(words(rows.outbox)).toEqual(['hi', 'next']);
  expect(rows.outbox[0]?.value).not.toHaveProperty('editedAt');
});

test('an unsent message that is deleted was never written', () => {
  expect(write(hello, edit(hello, 'hi'), deletion(hello))).toEqual(NO_ROWS);
});

test('of several unsent edits the last goes, in the place of the first', () => {
  const rows = write(edit(hello, 'one'), post('between'), edit(hello, 'two'));
  expect(words(rows.outbox)).toEqual(['two', 'between']);
});

test('an unsent edit gives way to a delete, and nothing follows a delete', () => {
  const rows = write(edit(hello, 'one'), deletion(hello), edit(hello, 'two'));
  expect(kinds(rows)).toEqual(['delete']);
});

test('nothing is squashed into what may have left', () => {
  const rows = sent(write(hello), hello.opId);
  expect(kinds(addOperation(edit(hello, 'hi'))(rows))).toEqual(['post', 'edit']);
  expect(kinds(addOperation(deletion(hello))(rows))).toEqual(['post', 'delete']);
  const edited = addOperation(edit(hello, 'hi'))(rows);
  expect(kinds(addOperation(deletion(hello))(edited))).toEqual(['post', 'delete']);
});

test('claims number the structs in the order given and skip what is gone', () => {
  const [first, second] = [post('one'), post('two')];
  const under = { document: hello.target.document, client: 9, clock: 40 };
  const { rule, claimed } = claimOperations([first.opId, 'gone', second.opId], under);
  rule(write(first, second));
  expect(claimed().map((row) => row.attempts)).toEqual([
    [{ client: 9, clock: 40 }],
    [{ client: 9, clock: 41 }],
  ]);
});

test('only what cannot have left is discarded', () => {
  const rows = write(hello);
  expect(discardOperation(hello.opId)(rows)).toEqual(NO_ROWS);
  expect(kinds(discardOperation(hello.opId)(sent(rows, hello.opId)))).toEqual(['post']);
});

const verdicts: [RefusalCode, NewOperation, 'stays' | 'done' | 'tray'][] = [
  ['stale', hello, 'stays'],
  ['internal', hello, 'stays'],
  ['unavailable', hello, 'stays'],
  ['too-many-requests', hello, 'stays'],
  ['unauthenticated', hello, 'stays'],
  ['client-too-old', hello, 'stays'],
  ['page-closed', hello, 'stays'],
  ['duplicate', hello, 'done'],
  ['deleted', deletion(hello), 'done'],
  ['removed', deletion(hello), 'done'],
  ['no-message', deletion(hello), 'done'],
  ['deleted', edit(hello, 'x'), 'tray'],
  ['removed', edit(hello, 'x'), 'tray'],
  ['no-message', edit(hello, 'x'), 'tray'],
  ['too-large', hello, 'tray'],
  ['room-locked', hello, 'tray'],
  ['not-a-member', hello, 'tray'],
  ['page-full', edit(hello, 'x'), 'tray'],
];
test.each(verdicts)('refused as %s: what becomes of the operation', (code, operation, what) => {
  const rows = refuseOperation(operation.opId, code, 5)(write(operation));
  const found = rows.outbox.length > 0 ? 'stays' : rows.tray.length > 0 ? 'tray' : 'done';
  expect(found).toBe(what);
  if (what === 'tray') expect(rows.tray[0]?.refusal).toEqual({ code, at: 5 });
});

test('a closed page moves the message, with all that was done to it, to the next page', () => {
  const rows = addOperation(edit(hello, 'hi'))(sent(write(hello), hello.opId));
  const moved = refuseOperation(hello.opId, 'page-closed', 5)(rows);
  const next = hello.target.document.replace(/0$/, '1');
  expect(moved.outbox.map((row) => row.target.document)).toEqual([next, next]);
  expect(moved.outbox[0]?.attempts).toHaveLength(1);
});

test('a room that is lost takes all of its operations along, other rooms go on', () => {
  const elsewhere = post('elsewhere', '01900000-0000-7000-8000-0000000000ee' as never);
  const rows = refuseOperation(hello.opId, 'not-a-member', 5)(write(hello, elsewhere, post('too')));
  expect(words(rows.outbox)).toEqual(['elsewhere']);
  expect(words(rows.tray)).toEqual(['hello', 'too']);
});

test('a refused message takes its later edits along; deleted meanwhile, it is gone', () => {
  const left = sent(write(hello), hello.opId);
  const edited = refuseOperation(hello.opId, 'too-large', 5)(addOperation(edit(hello, 'hi'))(left));
  expect([words(edited.outbox), words(edited.tray)]).toEqual([[], ['hi']]);
  const deleted = refuseOperation(hello.opId, 'too-large', 5)(addOperation(deletion(hello))(left));
  expect(deleted).toEqual(NO_ROWS);
});

test('a refused message goes again, as it was or with new words, and can be forgotten', () => {
  const refused = refuseOperation(hello.opId, 'too-large', 5)(write(hello));
  expect(words(retryOperation(hello.opId)(refused).outbox)).toEqual(['hello']);
  expect(retryOperation(hello.opId)(refused).outbox[0]).not.toHaveProperty('refusal');
  expect(words(addOperation(edit(hello, 'short'))(refused).outbox)).toEqual(['short']);
  expect(addOperation(deletion(hello))(refused)).toEqual(NO_ROWS);
  expect(discardOperation(hello.opId)(refused)).toEqual(NO_ROWS);
});
