import { MessageId, type EpochMs } from '@skerry/protocol/ids.ts';
import {
  isTombstone,
  readMessageRecord,
  type MessageRecord,
} from '@skerry/protocol/page/messageRecord.ts';
import { messagesOf, orderOf, redactionsOf } from '@skerry/protocol/page/pageDoc.ts';
import { v4 } from 'uuid';
import type * as Y from 'yjs';
import * as z from 'zod/mini';
import { readRecord } from './listPage.ts';
import { MessageOperation, messagesIn, nextSeq, type OperationRows } from './operation.ts';

/**
 * What the server has stored of one message of mine: kept for some days, for a server that is restored
 * from a backup. Stored on disk: add optional fields, never rename.
 */
const SentMessage = z.object({
  messageId: MessageId,
  /** `edit`: only its change was made on this device. `delete`: no words are left. */
  kind: MessageOperation.shape.kind,
  target: MessageOperation.shape.target,
  room: MessageOperation.shape.room,
  value: z.custom<MessageRecord>((value) => readMessageRecord(value) !== undefined),
  at: z.number(),
  storedAt: z.number(),
});
export type SentMessage = z.infer<typeof SentMessage>;

export const KEEP_SENT_MS = 7 * 24 * 60 * 60_000;

export interface SentRows {
  rows: OperationRows;
  sent: readonly SentMessage[];
}

export function readSent(stored: readonly unknown[]): SentMessage[] {
  return stored.flatMap((row) => SentMessage.safeParse(row).data ?? []);
}

/** One record a message: an edit goes into its post, a delete leaves nothing of the words. */
export function addSent(
  before: SentMessage | undefined,
  { messageId, kind, target, room, value, at }: MessageOperation,
  storedAt: EpochMs,
): SentMessage {
  const isOwnPost = before?.kind === 'post' && kind === 'edit';
  return { messageId, kind: isOwnPost ? 'post' : kind, target, room, value, at, storedAt };
}

/** Drops what is old, and the words of what is gone from a page: `isGone` says which messages are. */
export function purgeSent(
  sent: readonly SentMessage[],
  isOld: (storedAt: EpochMs) => boolean,
  isGone: (messageId: MessageId) => boolean = () => false,
): SentMessage[] {
  return sent.filter(
    ({ messageId, kind, storedAt }) =>
      !isOld(storedAt) && (kind === 'delete' || !isGone(messageId)),
  );
}

/** Is it deleted or removed, by whomever? */
export function isGoneFrom(page: Y.Doc, messageId: MessageId): boolean {
  const record = readRecord(messagesOf(page).get(messageId));
  return redactionsOf(page).has(messageId) || (record !== undefined && isTombstone(record));
}

/**
 * What a page lacks of what it had stored goes back to the outbox under the same ids, in the order of
 * writing, and leaves the sent ones, so that each goes once. `page` undefined: the server does not have
 * that page any more. New messages go to the page `headDocument`.
 */
export function sendAgain(
  { rows, sent }: SentRows,
  document: string,
  page: Y.Doc | undefined,
  headDocument: string,
): SentRows {
  const here = sent.filter(({ target }) => target.document === document);
  const numbered = new Set(
    page === undefined
      ? []
      : orderOf(page)
          .toArray()
          .map(([id]) => id),
  );
  const waiting = Map.groupBy(messagesIn(rows.outbox), ({ messageId }) => messageId);
  // What waits says the rest; but an edit needs its message.
  const isSaid = ({ messageId }: SentMessage): boolean => {
    const mine = waiting.get(messageId) ?? [];
    return mine.length > 0 && (numbered.has(messageId) || mine.some(({ kind }) => kind !== 'edit'));
  };
  const missing = here
    .filter((one) => !isSaid(one) && isMissing(one, page, numbered))
    .sort((a, b) => a.at - b.at);
  // Before what waits: it was written before.
  const first = Math.min(nextSeq(rows), ...rows.outbox.map(({ seq }) => seq)) - missing.length;
  const again = missing.map((one, index): MessageOperation => {
    const { messageId, kind, target, room, value, at } = one;
    // The page has the message, but not its last words.
    const lacks = kind === 'post' && numbered.has(messageId) ? 'edit' : kind;
    return {
      ...{ opId: v4(), kind: lacks, messageId, room, value, at, attempts: [] },
      target: lacks === 'post' ? { document: headDocument } : target,
      seq: first + index,
    };
  });
  // Edits go where their message goes.
  const moved = new Set(again.filter(({ kind }) => kind === 'post').map((row) => row.messageId));
  const waits = rows.outbox.map((row) =>
    row.kind !== 'read' && moved.has(row.messageId)
      ? { ...row, target: { document: headDocument }, attempts: [] }
      : row,
  );
  return {
    rows: { ...rows, outbox: [...again, ...waits] },
    sent: sent.filter((one) => !missing.includes(one)),
  };
}

function isMissing(
  { messageId, kind, value }: SentMessage,
  page: Y.Doc | undefined,
  numbered: ReadonlySet<MessageId>,
): boolean {
  if (!numbered.has(messageId)) return kind === 'post';
  if (page === undefined || isGoneFrom(page, messageId)) return false;
  if (isTombstone(value)) return true;
  const stored = readRecord(messagesOf(page).get(messageId));
  if (stored === undefined || isTombstone(stored)) return false;
  // Another device of mine may have changed it later than this one did.
  return (stored.editedAt ?? 0) < (value.editedAt ?? 0);
}
