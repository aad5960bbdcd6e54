import type { MessageId, UserId } from '@skerry/protocol/ids.ts';
import { newMessageRecord, tombstoneOf } from '@skerry/protocol/page/messageRecord.ts';
import { definePage } from '@skerry/protocol/page/pageDoc.ts';
import { expect, test } from 'vitest';
import { Doc } from 'yjs';
import { ANN, deletion, edit, post } from '../../test/sync/operations.ts';
import { messageList, type MessageList, type PageView } from './messageList.ts';
import type { MessageOperation, OperationRows, RefusedOperation } from './operation.ts';
import type { NewOperation } from './outbox.ts';

const BO = '01900000-0000-7000-8000-00000000000b' as UserId;
const M = (n: number) => `01900000-0000-7000-8000-00000000010${n}` as MessageId;
const ME = { id: ANN, name: 'Ann', avatar: '10' };
const DEPS = { me: ME, members: new Map<UserId, { name: string; avatar: string }>() };
const NOTHING: OperationRows = { outbox: [], tray: [] };

/** A page as the server made it: `[id, author, text, number]`, in the order in which Yjs holds them. */
function page(...messages: [MessageId, UserId, string, number][]): Doc {
  const doc = new Doc();
  definePage(doc);
  for (const [id, by, text, number] of messages) {
    doc.getMap('messages').set(id, newMessageRecord(by, 1_000 + number, text));
    doc.getArray('order').push([[id, 2_000 + number, number]]);
  }
  return doc;
}

function unsent(
  operation: NewOperation,
  seq: number,
  over: Partial<MessageOperation> = {},
): MessageOperation {
  return { ...operation, seq, attempts: [], ...over };
}

function refused(operation: NewOperation, seq: number): RefusedOperation {
  return { ...unsent(operation, seq), refusal: { code: 'not-a-member', at: 5 } };
}

const viewOf = new WeakMap<Doc, PageView>();

/** Documents as the pages of a room, none of them changed since it was asked for first. */
function views(...docs: Doc[]): PageView[] {
  return docs.map((doc, number) => {
    const view = viewOf.get(doc) ?? { page: number, doc };
    viewOf.set(doc, view);
    return view;
  });
}

function lines(pages: Doc[], rows: OperationRows = NOTHING): string[] {
  return messageList(DEPS, views(...pages), rows).messages.map(({ content, delivery }) => {
    const words = content.kind === 'text' ? content.text : content.kind;
    return delivery === undefined ? words : `${words} (${delivery.state})`;
  });
}

test('messages are sorted by number, never by their place in Yjs', () => {
  const doc = page([M(2), BO, 'second', 2], [M(1), BO, 'first', 1]);
  expect(lines([doc])).toEqual(['first', 'second']);
});

test('pages follow each other, and an entry that is there twice is shown once', () => {
  const doc = page([M(1), BO, 'first', 1], [M(1), BO, 'first', 1]);
  expect(lines([doc, page([M(3), BO, 'third', 3])])).toEqual(['first', 'third']);
});

test('my own without a number come last, in the order of writing, whenever they were written', () => {
  const doc = page([M(1), BO, 'arrived', 1]);
  const late = { ...post('written first'), at: 1 };
  expect(lines([doc], { outbox: [unsent(post('then'), 7), unsent(late, 3)], tray: [] })).toEqual([
    'arrived',
    'written first (onDevice)',
    'then (onDevice)',
  ]);
});

test('what has a number is on the server, although the outbox still holds it', () => {
  const mine = post('hello');
  const doc = page([mine.messageId, ANN, 'hello', 1]);
  expect(lines([doc], { outbox: [unsent(mine, 1)], tray: [] })).toEqual(['hello (onServer)']);
});

test('my newest unsent edit is laid over what is stored', () => {
  const mine = post('stored');
  const doc = page([mine.messageId, ANN, 'stored', 1]);
  const outbox = [unsent(edit(mine, 'older'), 1), unsent(edit(mine, 'newer'), 2)];
  expect(lines([doc], { outbox, tray: [] })).toEqual(['newer (onDevice)']);
});

test('a message that I delete is shown as deleted where it is stored, and not at all where it never was', () => {
  const stored = post('stored');
  const sent = post('on its way');
  const doc = page([stored.messageId, ANN, 'stored', 1]);
  const outbox = [unsent(deletion(stored), 1), unsent(sent, 2), unsent(deletion(sent), 3)];
  expect(lines([doc], { outbox, tray: [] })).toEqual(['deleted (onDevice)']);
});

test('a redaction beats my unsent edit, and says why', () => {
  const mine = post('stored');
  const doc = page([mine.messageId, ANN, 'stored', 1]);
  doc.getMap('redactions').set(mine.messageId, { by: BO, at: 9, reason: 'spam' });
  const outbox = [unsent(edit(mine, 'again'), 1)];
  expect(messageList(DEPS, views(doc), { outbox, tray: [] }).messages[0]?.content).toEqual({
    kind: 'redacted',
    reason: 'spam',
  });
});

test('an edit does not bring back what its author deleted elsewhere', () => {
  const mine = post('stored');
  const doc = page([mine.messageId, ANN, 'stored', 1]);
  doc.getMap('messages').set(mine.messageId, tombstoneOf(newMessageRecord(ANN, 1_001, '')));
  expect(lines([doc], { outbox: [unsent(edit(mine, 'again'), 1)], tray: [] })).toEqual([
    'deleted (onServer)',
  ]);
});

test('refused words stay where they were written, with the reason', () => {
  const mine = post('not wanted');
  const stored = post('stored');
  const doc = page([stored.messageId, ANN, 'stored', 1]);
  const tray = [refused(mine, 1), refused(edit(stored, 'an edit'), 2)];
  expect(messageList(DEPS, views(doc), { outbox: [], tray }).messages).toMatchObject([
    { content: { text: 'stored' }, delivery: { state: 'refused', opId: tray[1]?.opId } },
    { content: { text: 'not wanted' }, delivery: { state: 'refused', code: 'not-a-member' } },
  ]);
});

test('people have their present name, else the one of the page, and I am myself', () => {
  const doc = page([M(1), BO, 'one', 1], [M(2), ANN, 'two', 2]);
  const namesIn = (deps: typeof DEPS) =>
    messageList(deps, views(doc), NOTHING).messages.map((message) => message.author.name);
  expect(namesIn(DEPS)).toEqual(['', 'Ann']);
  doc.getMap('people').set(BO, ['Bo of the page', '20']);
  expect(namesIn(DEPS)).toEqual(['Bo of the page', 'Ann']);
  const members = new Map([[BO, { name: 'Bo of the room', avatar: '20' }]]);
  expect(namesIn({ me: ME, members })).toEqual(['Bo of the room', 'Ann']);
});

test('a kind of message that this version does not know leaves the others', () => {
  const doc = page([M(1), BO, 'one', 1], [M(2), BO, 'two', 2]);
  doc.getMap('messages').set(M(1), { poll: ['yes', 'no'] });
  expect(lines([doc])).toEqual(['two']);
});

test('entries and lists that did not change keep their identity', () => {
  const doc = page([M(1), BO, 'one', 1]);
  const first = messageList(DEPS, views(doc), NOTHING);
  const again = messageList(DEPS, [{ page: 0, doc }], NOTHING, first);
  expect(again.messages).toBe(first.messages);
  const outbox = [unsent(post('two'), 1)];
  const second = messageList(DEPS, views(doc), { outbox, tray: [] }, first);
  expect(second.messages[0]).toBe(first.messages[0]);
  const third = messageList(DEPS, views(doc), { outbox: [...outbox], tray: [] }, second);
  expect(third.messages).toBe(second.messages);
});

test('a page on which nothing changed is not read again when another one gets a message', () => {
  const [closed, head] = [page([M(1), BO, 'one', 1]), page([M(2), BO, 'two', 2])];
  const first = messageList(DEPS, views(closed, head), NOTHING);
  head.getMap('messages').set(M(3), newMessageRecord(BO, 1_003, 'three'));
  head.getArray('order').push([[M(3), 2_003, 3]]);
  const [of0] = views(closed);
  if (of0 === undefined) throw new Error('no page');
  const next = messageList(DEPS, [of0, { page: 1, doc: head }], NOTHING, first);
  expect(next.pages.get(0)).toBe(first.pages.get(0));
  expect(next.messages.slice(0, 2)).toEqual(first.messages);
  expect(next.messages).toHaveLength(3);
});

test('a page is read again when it, its people or my operations on it changed, and only then', () => {
  const mine = post('mine');
  const doc = page([mine.messageId, ANN, 'mine', 1]);
  const first = messageList(DEPS, views(doc), NOTHING);
  const isReadAgain = (deps: typeof DEPS, pages: PageView[], rows: OperationRows): boolean =>
    messageList(deps, pages, rows, first).pages.get(0) !== first.pages.get(0);
  const elsewhere: OperationRows = { outbox: [unsent(post('new'), 1)], tray: [] };
  expect(isReadAgain(DEPS, views(doc), elsewhere)).toBe(false);
  expect(isReadAgain(DEPS, [{ page: 0, doc }], NOTHING)).toBe(true);
  expect(isReadAgain(DEPS, views(page()), NOTHING)).toBe(true);
  expect(isReadAgain({ ...DEPS, members: new Map() }, views(doc), NOTHING)).toBe(true);
  const edited: OperationRows = { outbox: [unsent(edit(mine, 'again'), 1)], tray: [] };
  expect(isReadAgain(DEPS, views(doc), edited)).toBe(true);
  const listed: MessageList = messageList(DEPS, views(doc), edited, first);
  const stored = messageList(DEPS, views(doc), NOTHING, listed);
  expect(stored.messages).toEqual(first.messages);
});

test('my message is read when somebody else’s receipt has its number, on whatever page', () => {
  const head = page([M(3), ANN, 'third', 3]);
  const pages = [page([M(1), ANN, 'first', 1], [M(2), ANN, 'second', 2]), head];
  head.getMap('receipts').set(ANN, 3);
  expect(lines(pages)).toEqual(['first (onServer)', 'second (onServer)', 'third (onServer)']);
  head.getMap('receipts').set(BO, 2);
  expect(lines(pages)).toEqual(['first (read)', 'second (read)', 'third (onServer)']);
});
