import type { ArrivalNumber, EpochMs, MessageId, UserId } from '@skerry/protocol/ids.ts';
import {
  isTombstone,
  readMessageRecord,
  type MessageRecord,
} from '@skerry/protocol/page/messageRecord.ts';
import { messagesOf, peopleOf, readOrder, redactionsOf } from '@skerry/protocol/page/pageDoc.ts';
import type * as Y from 'yjs';
import type { MessageOperation, RefusedOperation } from './operation.ts';
import type { Delivery, ListedMessage, Person } from './views.ts';

export interface ListDeps {
  me: Person;
  /** People as the room knows them now; another map when one of them changed. */
  members: ReadonlyMap<UserId, Pick<Person, 'name' | 'avatar'>>;
  /** Somebody else has read up to here; 0: nobody says so. */
  readNumber: ArrivalNumber;
}

/** My operations on one message. */
export interface Mine {
  /** The newest that changes what is there: an unsent edit or delete. */
  over: MessageOperation | undefined;
  refused: RefusedOperation | undefined;
}

/** A page's messages by arrival number; those of `last` that did not change keep their identity. */
export function listPage(
  deps: ListDeps,
  page: Y.Doc,
  mine: ReadonlyMap<MessageId, Mine>,
  last: readonly ListedMessage[],
): { messages: readonly ListedMessage[]; ids: ReadonlySet<MessageId> } {
  const ids = new Set<MessageId>();
  const listed: ListedMessage[] = [];
  for (const [id, arrivedAt, number] of readOrder(page)) {
    if (ids.has(id)) continue;
    ids.add(id);
    const message = listStored(deps, page, { id, arrivedAt, number }, mine.get(id));
    if (message !== undefined) listed.push(message);
  }
  return { messages: keepUnchanged(last, listed), ids };
}

function listStored(
  deps: ListDeps,
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
    delivery: mine ? deliveryOf(over, own?.refused, entry.number <= deps.readNumber) : undefined,
  };
}

export function contentOf(record: MessageRecord): ListedMessage['content'] {
  if (isTombstone(record)) return { kind: 'deleted' };
  return { kind: 'text', text: record.text, edited: record.editedAt !== undefined };
}

function deliveryOf(
  over: MessageOperation | undefined,
  refused: RefusedOperation | undefined,
  isRead: boolean,
): Delivery {
  if (over !== undefined) return { state: 'onDevice' };
  if (refused !== undefined) return refusedDelivery(refused);
  return { state: isRead ? 'read' : 'onServer' };
}

export function refusedDelivery({ opId, refusal }: RefusedOperation): Delivery {
  return { state: 'refused', opId, code: refusal.code, refusedAt: refusal.at };
}

function authorOf({ me, members }: ListDeps, page: Y.Doc, id: UserId): Person {
  if (id === me.id) return me;
  // The room knows the present name; the page the one its author had at the last message there.
  const member = members.get(id);
  if (member !== undefined) return { id, name: member.name, avatar: member.avatar };
  const known = peopleOf(page).get(id);
  return Array.isArray(known)
    ? { id, name: known[0], avatar: known[1] }
    : { id, name: '', avatar: '0' };
}

/** Values in a document never change, so each is parsed once. */
const parsed = new WeakMap<object, { record: MessageRecord | undefined }>();

export function readRecord(value: unknown): MessageRecord | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  let known = parsed.get(value);
  if (known === undefined) {
    known = { record: readMessageRecord(value) };
    parsed.set(value, known);
  }
  return known.record;
}

/** The list before, where nothing changed; else the new one with the old entries that are still right. */
export function keepUnchanged(
  last: readonly ListedMessage[],
  next: readonly ListedMessage[],
): readonly ListedMessage[] {
  const before = new Map(last.map((message) => [message.id, message]));
  const kept = next.map((message) => {
    const old = before.get(message.id);
    return old !== undefined && isSame(old, message) ? old : message;
  });
  return isSameList(last, kept) ? last : kept;
}

export function isSameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}

/** Plain data, field by field. */
function isSame(a: object, b: object): boolean {
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => {
    const [one, other] = [left[key], right[key]];
    return one === other || (isObject(one) && isObject(other) && isSame(one, other));
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
