import type { ArrivalNumber, EpochMs, MessageId, UserId } from '@skerry/protocol/ids.ts';
import {
  isTombstone,
  readMessageRecord,
  type MessageRecord,
} from '@skerry/protocol/page/messageRecord.ts';
import { messagesOf, peopleOf, readOrder, redactionsOf } from '@skerry/protocol/page/pageDoc.ts';
import type * as Y from 'yjs';
import { bySeq, type Operation, type OperationRows, type RefusedOperation } from './operation.ts';
import type { Delivery, ListedMessage, Person } from './views.ts';

export interface MessageListDeps {
  me: Person;
  /** People as the room knows them now. */
  findPerson: (id: UserId) => Person | undefined;
}

/**
 * A room's messages: by arrival number, my unsent edits and deletes laid over them, then my own messages
 * without a number in the order written. `last` is the list before, whose unchanged entries are kept.
 */
export function messageList(
  deps: MessageListDeps,
  pages: readonly Y.Doc[],
  rows: OperationRows,
  last: readonly ListedMessage[] = [],
): readonly ListedMessage[] {
  const mine = mineByMessage(rows);
  const listed: ListedMessage[] = [];
  const numbered = new Set<MessageId>();
  for (const page of pages) {
    for (const [id, arrivedAt, number] of readOrder(page)) {
      if (numbered.has(id)) continue;
      numbered.add(id);
      const message = listStored(deps, page, { id, arrivedAt, number }, mine.get(id));
      if (message !== undefined) listed.push(message);
    }
  }
  listed.sort((a, b) => (a.number ?? 0) - (b.number ?? 0));
  const posts = [...rows.outbox, ...rows.tray].filter((row) => row.kind === 'post').sort(bySeq);
  for (const post of posts) {
    if (numbered.has(post.messageId)) continue;
    const message = listUnsent(deps, post, mine.get(post.messageId));
    if (message !== undefined) listed.push(message);
  }
  return keepUnchanged(last, listed);
}

/** My operations on one message. */
interface Mine {
  /** The newest that changes what is there: an unsent edit or delete. */
  over: Operation | undefined;
  refused: RefusedOperation | undefined;
}

function mineByMessage({ outbox, tray }: OperationRows): Map<MessageId, Mine> {
  const mine = new Map<MessageId, Mine>();
  for (const row of tray) mine.set(row.messageId, { over: undefined, refused: row });
  for (const row of outbox) {
    const refused = mine.get(row.messageId)?.refused;
    // A post whose number is known says nothing more than what is stored.
    mine.set(row.messageId, { over: row.kind === 'post' ? undefined : row, refused });
  }
  return mine;
}

function listStored(
  deps: MessageListDeps,
  page: Y.Doc,
  entry: { id: MessageId; arrivedAt: EpochMs; number: ArrivalNumber },
  own: Mine | undefined,
): ListedMessage | undefined {
  const stored = readRecord(messagesOf(page).get(entry.id));
  if (stored === undefined) return undefined; // a newer client's kind of message
  const mine = stored.by === deps.me.id;
  const redaction = redactionsOf(page).get(entry.id);
  const over = redaction === undefined && !isTombstone(stored) ? own?.over : undefined;
  return {
    id: entry.id,
    author: authorOf(deps, page, stored.by),
    mine,
    at: stored.at,
    arrivedAt: entry.arrivedAt,
    number: entry.number,
    content:
      redaction === undefined
        ? contentOf(over?.value ?? stored)
        : { kind: 'redacted', reason: redaction.reason },
    delivery: mine ? deliveryOf(over, own?.refused) : undefined,
  };
}

function listUnsent(
  deps: MessageListDeps,
  post: Operation | RefusedOperation,
  own: Mine | undefined,
): ListedMessage | undefined {
  const value = own?.over?.value ?? post.value;
  // Written and deleted here: it may have left, but nobody wants to see it go.
  if (isTombstone(value)) return undefined;
  return {
    id: post.messageId,
    author: deps.me,
    mine: true,
    at: value.at,
    arrivedAt: undefined,
    number: undefined,
    content: contentOf(value),
    delivery: 'refusal' in post ? refusedDelivery(post) : { state: 'onDevice' },
  };
}

function contentOf(record: MessageRecord): ListedMessage['content'] {
  if (isTombstone(record)) return { kind: 'deleted' };
  return { kind: 'text', text: record.text, edited: record.editedAt !== undefined };
}

function deliveryOf(over: Operation | undefined, refused: RefusedOperation | undefined): Delivery {
  if (over !== undefined) return { state: 'onDevice' };
  return refused === undefined ? { state: 'onServer' } : refusedDelivery(refused);
}

function refusedDelivery({ opId, refusal }: RefusedOperation): Delivery {
  return { state: 'refused', opId, code: refusal.code, refusedAt: refusal.at };
}

function authorOf({ me, findPerson }: MessageListDeps, page: Y.Doc, id: UserId): Person {
  if (id === me.id) return me;
  // The room knows the present name; the page the one its author had at the last message there.
  const member = findPerson(id);
  if (member !== undefined) return member;
  const known = peopleOf(page).get(id);
  return Array.isArray(known)
    ? { id, name: known[0], avatar: known[1] }
    : { id, name: '', avatar: '0' };
}

/** Values in a document never change, so each is parsed once. */
const parsed = new WeakMap<object, { record: MessageRecord | undefined }>();

function readRecord(value: unknown): MessageRecord | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  let known = parsed.get(value);
  if (known === undefined) {
    known = { record: readMessageRecord(value) };
    parsed.set(value, known);
  }
  return known.record;
}

function keepUnchanged(
  last: readonly ListedMessage[],
  next: ListedMessage[],
): readonly ListedMessage[] {
  const before = new Map(last.map((message) => [message.id, message]));
  const kept = next.map((message) => {
    const old = before.get(message.id);
    return old !== undefined && isSame(old, message) ? old : message;
  });
  return kept.length === last.length && kept.every((message, index) => message === last[index])
    ? last
    : kept;
}

function isSame(a: ListedMessage, b: ListedMessage): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
