import { expect, test } from 'vitest';
import { deletion, edit, post, ROOM } from '../../test/sync/operations.ts';
import { asksFirst, consentTo, discardAsking, type FindKind } from './consent.ts';
import { NO_ROWS, type OperationRows } from './operation.ts';
import { addOperation, claimOperations, type NewOperation } from './outbox.ts';
import { sendingDocuments } from './sendQueue.ts';

const IS_PUBLIC: FindKind = () => 'public';

function hidden(operation: NewOperation): NewOperation {
  return { ...operation, room: { ...operation.room, kind: 'private' } };
}

function write(...operations: NewOperation[]): OperationRows {
  return operations.reduce((rows, one) => addOperation(one)(rows), NO_ROWS);
}

function sending(rows: OperationRows, findKind: FindKind): string[] {
  return [...sendingDocuments(rows, () => 0, findKind).values()].flat().map(({ opId }) => opId);
}

const secret = hidden(post('for us alone'));

test.each([
  ['private', 'public', true],
  ['direct', 'public', true],
  ['group', 'public', true],
  ['public', 'public', false],
  ['public', 'private', false],
  ['private', 'private', false],
  ['private', undefined, false],
] as const)('B25 T30 written for a %s room that is %s now: asks first: %s', (then, now, asks) => {
  const row = { ...secret, room: { ...secret.room, kind: then }, seq: 1, attempts: [] };
  expect(asksFirst(row, () => now)).toBe(asks);
});

test('B25 nothing leaves a room before its author has answered, and other rooms go on', () => {
  const elsewhere = post('elsewhere', '01900000-0000-7000-8000-0000000000ee' as never);
  const later = post('written since');
  const rows = write(secret, later, elsewhere);
  expect(sending(rows, IS_PUBLIC)).toEqual([elsewhere.opId]);
  expect(sending(consentTo(ROOM)(rows), IS_PUBLIC)).toEqual([
    secret.opId,
    later.opId,
    elsewhere.opId,
  ]);
  expect(sending(discardAsking(ROOM)(rows), IS_PUBLIC)).toEqual([later.opId, elsewhere.opId]);
});

test('B25 what may have left is not tried again without consent, and is forgotten with its edits', () => {
  const under = { document: secret.target.document, client: 7, clock: 0 };
  const left = claimOperations([secret.opId], under).rule(write(secret));
  const rows = addOperation(edit(secret, 'other words'))(left);
  expect(sending(rows, IS_PUBLIC)).toEqual([]);
  expect(discardAsking(ROOM)(rows).outbox).toEqual([]);
});

test('B25 a delete of what was written before goes without asking; renamed, all goes', () => {
  const gone = hidden(deletion(post('x')));
  expect(sending(write(gone), IS_PUBLIC)).toEqual([gone.opId]);
  expect(sending(write(secret), () => 'private')).toEqual([secret.opId]);
});
