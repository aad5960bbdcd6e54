import type * as Y from 'yjs';
import {
  isMessageId,
  type ArrivalNumber,
  type EpochMs,
  type MessageId,
  type UserId,
} from '../ids.ts';

/**
 * Roots of a page document. All flat: Y.Map or Y.Array of plain JSON, no nested shared types.
 * Members may write `messages` and `reactions`; the server alone writes the others.
 */
export const PAGE_ROOTS = {
  messages: 'messages',
  order: 'order',
  redactions: 'redactions',
  reactions: 'reactions',
  receipts: 'receipts',
  people: 'people',
} as const;

/** One accepted message: readers sort by the number, never by index (two nodes may append at once). */
export type OrderEntry = [id: MessageId, arrivedAt: EpochMs, number: ArrivalNumber];

export interface Redaction {
  by: UserId;
  at: EpochMs;
  reason?: string;
}

/** Defines the page's roots on a document, so that their types are known before any update arrives. */
export function definePage(doc: Y.Doc): void {
  for (const name of ['messages', 'redactions', 'reactions', 'receipts', 'people'])
    doc.getMap(name);
  doc.getArray('order');
}

export function messagesOf(doc: Y.Doc): Y.Map<unknown> {
  return doc.getMap(PAGE_ROOTS.messages);
}

export function redactionsOf(doc: Y.Doc): Y.Map<Redaction> {
  return doc.getMap<Redaction>(PAGE_ROOTS.redactions);
}

/** `<messageId>/<userId>/<emoji>` → 1 or 0. */
export function reactionsOf(doc: Y.Doc): Y.Map<number> {
  return doc.getMap<number>(PAGE_ROOTS.reactions);
}

/** UserId → [name, avatar colour] of the page's authors. */
export function peopleOf(doc: Y.Doc): Y.Map<[name: string, avatar: string]> {
  return doc.getMap(PAGE_ROOTS.people);
}

/** UserId → arrival number that this person has read up to. */
export function receiptsOf(doc: Y.Doc): Y.Map<ArrivalNumber> {
  return doc.getMap<ArrivalNumber>(PAGE_ROOTS.receipts);
}

export function orderOf(doc: Y.Doc): Y.Array<OrderEntry> {
  return doc.getArray<OrderEntry>(PAGE_ROOTS.order);
}

/** The page's accepted messages by arrival number, ascending. */
export function readOrder(doc: Y.Doc): OrderEntry[] {
  return orderOf(doc)
    .toArray()
    .filter((entry) => isMessageId(entry[0]))
    .sort(([, , a], [, , b]) => a - b);
}
