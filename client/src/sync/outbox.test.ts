import type { RefusalCode } from '@skerry/protocol/refusals.ts';
import { expect, test } from 'vitest';
import { deletion, edit, post } from '../../test/sync/operations.ts';
import { messagesIn, NO_ROWS, type OperationRows } from './operation.ts';
import {
  addOperation,
  claimOperations,
  discardOperation,
  retryOperation,
  type NewOperation,
} from './outbox.ts';
import { leaveMissingPage, refuseOperation } from './tray.ts';

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
  return messagesIn(rows).map(({ value }) => ('text' in value ? value.text : ''));
}

/** The page to which it goes says no, at 5. */
function refuse({ opId, target }: NewOperation, code: RefusalCode) {
  return refuseOperation(opId, code, 5, target.document);
}

const hello = post('hello');

test('an unsent message takes its edits, keeps its place and does not count as edited', () => {
  const rows = write(hello, post('next'), edit(hello, 'hi'));
  expect(words(rows.outbox)).toEqual(['hi', 'next']);
  expect(messagesIn(rows.outbox)[0]?.value).not.toHaveProperty('editedAt');
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
  const rows = refuse(operation, code)(write(operation));
  const found = rows.outbox.length > 0 ? 'stays' : rows.tray.length > 0 ? 'tray' : 'done';
  expect(found).toBe(what);
  if (what === 'tray') expect(rows.tray[0]?.refusal).toEqual({ code, at: 5 });
});

test('T5 a closed page moves all posts that it did not take, with what was done to them, in order', () => {
  const [second, unleft] = [post('second'), post('third')];
  const stored = post('stored before');
  const left = sent(write(hello, second), hello.opId, second.opId);
  const rows = [edit(hello, 'hi'), unleft, edit(stored, 'an edit')].reduce(
    (before, operation) => addOperation(operation)(before),
    left,
  );
  const moved = refuse(hello, 'page-closed')(rows);
  expect(moved.outbox.map((row) => [row.kind, row.target.document])).toEqual([
    ['post', pageAt(1)],
    ['post', pageAt(1)],
    ['edit', pageAt(1)],
    ['post', pageAt(1)],
    ['edit', pageAt(0)],
  ]);
  // Nothing of them is on the closed page: they count as never sent.
  expect(moved.outbox.flatMap((row) => row.attempts)).toEqual([]);
  // The other refusals of the same window say what is known already.
  expect(refuse(second, 'page-closed')(moved)).toEqual(moved);
});

test('what was done to a message that has not left follows it to the page to which it goes', () => {
  const rows = addOperation(edit(hello, 'hi'))(sent(write(hello), hello.opId));
  const under = { document: pageAt(4), client: 9, clock: 0 };
  const claimed = claimOperations([hello.opId], under).rule(rows);
  expect(claimed.outbox.map((row) => row.target.document)).toEqual([pageAt(4), pageAt(4)]);
});

test('T12 a page that a restored server does not have gives its posts to the head', () => {
  const lost = post('lost with the page');
  const beyond = (operation: NewOperation) => ({ ...operation, target: { document: pageAt(5) } });
  const rows = sent(write(beyond(hello), beyond(edit(lost, 'an edit'))), hello.opId);
  const moved = leaveMissingPage(pageAt(5), 3, 9)(rows);
  expect(moved.outbox.map((row) => [row.target.document, row.attempts])).toEqual([[pageAt(3), []]]);
  expect(moved.tray.map(({ refusal }) => refusal)).toEqual([{ code: 'no-message', at: 9 }]);
  expect(leaveMissingPage(pageAt(5), 5, 9)(rows)).toBe(rows);
});

function pageAt(page: number): string {
  return hello.target.document.replace(/0$/, String(page));
}

test('a room that is lost takes all of its operations along, other rooms go on', () => {
  const elsewhere = post('elsewhere', '01900000-0000-7000-8000-0000000000ee' as never);
  const rows = refuse(hello, 'not-a-member')(write(hello, elsewhere, post('too')));
  expect(words(rows.outbox)).toEqual(['elsewhere']);
  expect(words(rows.tray)).toEqual(['hello', 'too']);
});

test('a refused message takes its later edits along; deleted meanwhile, it is gone', () => {
  const left = sent(write(hello), hello.opId);
  const edited = refuse(hello, 'too-large')(addOperation(edit(hello, 'hi'))(left));
  expect([words(edited.outbox), words(edited.tray)]).toEqual([[], ['hi']]);
  const deleted = refuse(hello, 'too-large')(addOperation(deletion(hello))(left));
  expect(deleted).toEqual(NO_ROWS);
});

test('a refused message goes again, as it was or with new words, and can be forgotten', () => {
  const refused = refuse(hello, 'too-large')(write(hello));
  expect(words(retryOperation(hello.opId)(refused).outbox)).toEqual(['hello']);
  expect(retryOperation(hello.opId)(refused).outbox[0]).not.toHaveProperty('refusal');
  expect(words(addOperation(edit(hello, 'short'))(refused).outbox)).toEqual(['short']);
  expect(addOperation(deletion(hello))(refused)).toEqual(NO_ROWS);
  expect(discardOperation(hello.opId)(refused)).toEqual(NO_ROWS);
});
