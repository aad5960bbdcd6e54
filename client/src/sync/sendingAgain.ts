import type { EpochMs, MessageId } from '@skerry/protocol/ids.ts';
import { isTombstone } from '@skerry/protocol/page/messageRecord.ts';
import { messagesOf, orderOf, redactionsOf } from '@skerry/protocol/page/pageDoc.ts';
import { v4 } from 'uuid';
import type * as Y from 'yjs';
import { readRecord } from './listPage.ts';
import { messagesIn, nextSeq, type MessageOperation } from './operation.ts';
import type { SentMessage, SentRows } from './sent.ts';

export const KEEP_SENT_MS = 7 * 24 * 60 * 60_000;

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
 * What a page lacks of what it had stored, as it is to go again. `page` undefined: the server does not have
 * that page any more.
 */
export function missingFrom(
  sent: readonly SentMessage[],
  document: string,
  page: Y.Doc | undefined,
): SentMessage[] {
  const numbered = new Set(
    page === undefined
      ? []
      : orderOf(page)
          .toArray()
          .map(([id]) => id),
  );
  return sent
    .filter((one) => one.target.document === document && isMissing(one, page, numbered))
    .map((one) =>
      // The page has the message, but not its last words.
      one.kind === 'post' && numbered.has(one.messageId) ? { ...one, kind: 'edit' } : one,
    );
}

/**
 * What a room lacks goes back to the outbox under the same ids, in the order of writing, and leaves the sent
 * ones, so that each goes once. New messages go to the page `headDocument`.
 */
export function sendAgain(
  { rows, sent }: SentRows,
  missing: readonly SentMessage[],
  headDocument: string,
): SentRows {
  const storedAt = new Map(sent.map((one) => [one.messageId, one.storedAt]));
  const waiting = Map.groupBy(messagesIn(rows.outbox), ({ messageId }) => messageId);
  // What waits says the rest; but an edit needs its message.
  const isSaid = ({ messageId, kind }: SentMessage): boolean => {
    const mine = waiting.get(messageId) ?? [];
    return mine.length > 0 && (kind !== 'post' || mine.some((row) => row.kind !== 'edit'));
  };
  const going = missing
    // What was stored since is in this database.
    .filter((one) => storedAt.get(one.messageId) === one.storedAt && !isSaid(one))
    // Ids begin with the time of writing; `at` is the last edit's.
    .sort((a, b) => (a.messageId < b.messageId ? -1 : 1));
  // Before what waits: it was written before.
  const first = Math.min(nextSeq(rows), ...rows.outbox.map(({ seq }) => seq)) - going.length;
  const again = going.map(
    ({ kind, messageId, target, room, value, at }, index): MessageOperation => ({
      ...{ opId: v4(), kind, messageId, room, value, at, attempts: [] },
      target: kind === 'post' ? { document: headDocument } : target,
      seq: first + index,
    }),
  );
  // Edits go where their message goes.
  const moved = new Set(again.filter(({ kind }) => kind === 'post').map((row) => row.messageId));
  const waits = rows.outbox.map((row) =>
    row.kind !== 'read' && moved.has(row.messageId)
      ? { ...row, target: { document: headDocument }, attempts: [] }
      : row,
  );
  const gone = new Set(again.map(({ messageId }) => messageId));
  return {
    rows: { ...rows, outbox: [...again, ...waits] },
    sent: sent.filter(({ messageId }) => !gone.has(messageId)),
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
