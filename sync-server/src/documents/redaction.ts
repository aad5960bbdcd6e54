import type { EpochMs, MessageId, UserId } from '@skerry/protocol/ids.ts';
import {
  isTombstone,
  readMessageRecord,
  tombstoneOf,
} from '@skerry/protocol/page/messageRecord.ts';
import { messagesOf, redactionsOf } from '@skerry/protocol/page/pageDoc.ts';
import type * as Y from 'yjs';

interface PageRedaction {
  id: MessageId;
  by: UserId;
  at: EpochMs;
  reason: string | undefined;
}

/** Takes a message's content away; its entry stays, and says by whom and why. */
export function redactOnPage(page: Y.Doc, { id, by, at, reason }: PageRedaction): void {
  redactionsOf(page).set(id, { by, at, ...(reason === undefined ? {} : { reason }) });
  const record = readMessageRecord(messagesOf(page).get(id));
  if (record !== undefined && !isTombstone(record)) messagesOf(page).set(id, tombstoneOf(record));
}

/** Replies to a message quote it: they keep their own words and lose those. */
export function blankQuotesOnPage(page: Y.Doc, id: MessageId): void {
  for (const [key, value] of messagesOf(page)) {
    const record = readMessageRecord(value);
    if (record === undefined || isTombstone(record)) continue;
    const { replyTo } = record;
    if (replyTo?.id !== id || replyTo.quote === '') continue;
    messagesOf(page).set(key, { ...record, replyTo: { ...replyTo, quote: '' } });
  }
}
