import {
  isTombstone,
  readMessageRecord,
  type MessageRecord,
} from '@skerry/protocol/page/messageRecord.ts';
import { PAGE_ROOTS } from '@skerry/protocol/page/pageDoc.ts';
import { changeMark, parseReadMark, UNREAD_FROM_START } from '@skerry/protocol/user/readMark.ts';
import { USER_ROOTS } from '@skerry/protocol/user/userDoc.ts';
import type * as Y from 'yjs';
import type { Operation } from './operation.ts';

/** The one key of a document that an operation sets. */
export interface OperationKey {
  root: string;
  key: string;
}

export function keyOf(operation: Operation): OperationKey {
  return operation.kind === 'read'
    ? { root: USER_ROOTS.reads, key: operation.room.id }
    : { root: PAGE_ROOTS.messages, key: operation.messageId };
}

/** As refusals name it. */
export function formatKey({ root, key }: OperationKey): string {
  return `${root}/${key}`;
}

export function presentValue(doc: Y.Doc, { root, key }: OperationKey): unknown {
  return doc.getMap(root).get(key);
}

/** What the key becomes, whatever it is now. */
export function nextValue(operation: Operation, present: unknown): unknown {
  if (operation.kind !== 'read') return withPresentQuote(operation.value, present);
  return changeMark(parseReadMark(present) ?? UNREAD_FROM_START, operation.change);
}

/** The server may have taken the quote away since the words were written; the author never changes it. */
function withPresentQuote(value: MessageRecord, present: unknown): MessageRecord {
  const stored = readMessageRecord(present);
  if (stored === undefined || isTombstone(stored) || isTombstone(value)) return value;
  return stored.replyTo === undefined ? value : { ...value, replyTo: stored.replyTo };
}

/** Setting the key would leave it as it is. Words are set again all the same: only their struct proves them. */
export function isDoneAlready(operation: Operation, doc: Y.Doc): boolean {
  if (operation.kind !== 'read') return false;
  const present = parseReadMark(presentValue(doc, keyOf(operation))) ?? UNREAD_FROM_START;
  return JSON.stringify(nextValue(operation, present)) === JSON.stringify(present);
}
