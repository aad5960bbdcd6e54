import type { MessageId } from '@skerry/protocol/ids.ts';
import { tombstoneOf } from '@skerry/protocol/page/messageRecord.ts';
import { definePage, messagesOf, orderOf, redactionsOf } from '@skerry/protocol/page/pageDoc.ts';
import { expect, test } from 'vitest';
import { Doc } from 'yjs';
import { ANN, deletion, edit, post } from '../../test/sync/operations.ts';
import { createMemoryStore } from './localStore.ts';
import { messagesIn, NO_ROWS, type MessageOperation } from './operation.ts';
import { addOperation, createOutbox, settleOperations, type NewOperation } from './outbox.ts';
import { addRead, clampReads } from './reads.ts';
import { isGoneFrom, missingFrom, purgeSent, sendAgain } from './sendingAgain.ts';
import { type SentMessage, type SentRows } from './sent.ts';

const HEAD = 'page:head';
const hello = post('hello');
const PAGE = hello.target.document;

/** What the device keeps after the server has stored these one after the other. */
async function sentAfter(...operations: NewOperation[]): Promise<SentMessage[]> {
  const store = createMemoryStore();
  const outbox = createOutbox(store, () => undefined);
  for (const operation of operations) {
    await outbox.change(addOperation(operation));
    await outbox.note(settleOperations(new Set([operation.opId])));
  }
  expect(outbox.rows.get()).toEqual(NO_ROWS);
  return store.loadSent();
}

/** A page as the restored server has it. */
function restored(...values: [MessageId, NewOperation['value']][]): Doc {
  const doc = new Doc();
  definePage(doc);
  for (const [index, [id, value]] of values.entries()) {
    messagesOf(doc).set(id, value);
    orderOf(doc).push([[id, 5, index + 1]]);
  }
  return doc;
}

function again(sent: SentMessage[], page: Doc | undefined): MessageOperation[] {
  const missing = missingFrom(sent, PAGE, page);
  const after = sendAgain({ rows: NO_ROWS, sent }, missing, HEAD);
  expect(sendAgain(after, missing, HEAD)).toEqual(after); // each exactly once
  const made = messagesIn(after.rows.outbox);
  // What is discarded in the outbox after that does not come back.
  expect(
    after.sent.filter(({ messageId }) => made.some((row) => row.messageId === messageId)),
  ).toEqual([]);
  return made;
}

test('a message with its edits is kept as one, a deleted one without its words', async () => {
  expect(await sentAfter(hello, edit(hello, 'hi'))).toMatchObject([
    { kind: 'post', messageId: hello.messageId, value: { text: 'hi' } },
  ]);
  const deleted = await sentAfter(hello, deletion(hello));
  expect(deleted).toMatchObject([{ kind: 'delete' }]);
  expect(JSON.stringify(deleted)).not.toContain('hello');
});

test('T12 what a restored page lacks goes again under the same id, with its edits, to the newest page', async () => {
  const sent = await sentAfter(hello, edit(hello, 'hi'));
  expect(again(sent, restored())).toMatchObject([
    {
      ...{ kind: 'post', messageId: hello.messageId, attempts: [] },
      ...{ target: { document: HEAD }, value: { text: 'hi' } },
    },
  ]);
  // The whole page is gone.
  expect(again(sent, undefined)).toHaveLength(1);
});

test('T12 what a restored page has does not go again, but for what it lacks of it', async () => {
  const edited = edit(hello, 'hi');
  const sent = await sentAfter(hello, edited);
  expect(again(sent, restored([hello.messageId, edited.value]))).toEqual([]);
  expect(again(sent, restored([hello.messageId, hello.value]))).toMatchObject([
    { target: { document: PAGE }, value: { text: 'hi' } },
  ]);
  const deleted = await sentAfter(hello, deletion(hello));
  expect(again(deleted, restored([hello.messageId, hello.value]))).toMatchObject([
    { kind: 'delete', value: tombstoneOf(hello.value) },
  ]);
  expect(again(deleted, restored())).toEqual([]);
  // Changed later on another device.
  const later = { ...edited.value, editedAt: edited.at + 1_000 };
  expect(again(sent, restored([hello.messageId, later]))).toEqual([]);
});

test('T12 what goes again goes before what waits, and what waits already is not doubled', async () => {
  const [first, second] = [post('first'), post('second')];
  const sent = await sentAfter(first, second);
  const rows = addOperation(post('waiting'))(NO_ROWS);
  const after = sendAgain({ rows, sent }, missingFrom(sent, PAGE, restored()), HEAD);
  const texts = messagesIn(after.rows.outbox)
    .toSorted((a, b) => a.seq - b.seq)
    .map(({ value }) => ('text' in value ? value.text : ''));
  expect(texts).toEqual(['first', 'second', 'waiting']);
  const waiting: SentRows = { rows: addOperation(first)(NO_ROWS), sent };
  expect(sendAgain(waiting, missingFrom(sent, PAGE, restored()), HEAD).rows.outbox).toHaveLength(2);
});

test('T12 what was stored again while the pages were read does not go once more', async () => {
  const sent = await sentAfter(hello);
  const missing = missingFrom(sent, PAGE, restored());
  const since = sent.map((one) => ({ ...one, storedAt: one.storedAt + 1 }));
  expect(sendAgain({ rows: NO_ROWS, sent: since }, missing, HEAD).rows).toEqual(NO_ROWS);
});

test('words leave the device when they are old, deleted or removed', async () => {
  const sent = await sentAfter(hello);
  const page = restored([hello.messageId, hello.value]);
  const isGone = (id: MessageId): boolean => isGoneFrom(page, id);
  const isOld = (): boolean => false;
  expect(purgeSent(sent, isOld, isGone)).toHaveLength(1);
  redactionsOf(page).set(hello.messageId, { by: ANN, at: 9 });
  expect(purgeSent(sent, isOld, isGone)).toEqual([]);
  const deletedPage = restored([hello.messageId, tombstoneOf(hello.value)]);
  expect(purgeSent(sent, isOld, (id) => isGoneFrom(deletedPage, id))).toEqual([]);
  expect(purgeSent(sent, () => true)).toEqual([]);
});

test('T12 how far I read never stands above the last number of a restored room', () => {
  const read = (upTo: number) =>
    addRead({
      ...{ me: ANN, room: hello.room, at: 1 },
      change: { base: 20, upTo, seen: [3, 25], unread: [26] },
    })(NO_ROWS);
  const change = (rows: typeof NO_ROWS) =>
    rows.outbox.map((row) => row.kind === 'read' && row.change);
  expect(change(clampReads(() => 12)(read(30)))).toEqual([
    { base: 12, upTo: 12, seen: [3], unread: [] },
  ]);
  expect(change(clampReads(() => undefined)(read(30)))).toEqual(change(read(30)));
});

test('what a full disk did not take of two settled operations is among the sent later', async () => {
  const store = createMemoryStore();
  let isFull = false;
  const outbox = createOutbox(
    {
      ...store,
      change: (rule) =>
        isFull ? Promise.reject(new DOMException('', 'QuotaExceededError')) : store.change(rule),
    },
    () => undefined,
  );
  const other = post('other');
  await outbox.change(addOperation(hello));
  await outbox.change(addOperation(other));
  isFull = true;
  await outbox.note(settleOperations(new Set([hello.opId])));
  await outbox.note(settleOperations(new Set([other.opId])));
  isFull = false;
  await outbox.note((rows) => rows);
  expect((await store.loadSent()).map(({ messageId }) => messageId)).toEqual([
    hello.messageId,
    other.messageId,
  ]);
});
