import { isMessageId, type UserId } from '@skerry/protocol/ids.ts';
import {
  isTombstone,
  readMessageRecord,
  refuseMessageRecord,
  type MessageRecord,
} from '@skerry/protocol/page/messageRecord.ts';
import { redactionsOf } from '@skerry/protocol/page/pageDoc.ts';
import type { KeyChange } from './chains.ts';
import { hostile, refuse, type Objection } from './objection.ts';
import type { PageView } from './verdict.ts';

/**
 * Judges one set of `messages[key]`; `value` is undefined for an overwritten value, whose author and
 * chain are still checked.
 */
export function objectToMessage(
  view: PageView,
  userId: UserId,
  change: KeyChange,
  value: unknown,
): Objection | undefined {
  const { key } = change;
  if (!isMessageId(key)) return hostile('key');
  if (redactionsOf(view.doc).has(key)) return refuse('removed');
  const previous = previousRecord(change);
  if (previous !== undefined && previous.by !== userId) return hostile('author');
  const author = view.elsewhere.get(key);
  if (author !== undefined) return author === userId ? refuse('duplicate') : hostile('author');
  if (value === undefined) return undefined;
  const code = refuseMessageRecord(value, userId, previous);
  if (code !== undefined) return code === 'author' ? hostile('author') : refuse(code);
  // What is stored loses its quote anyway, and its author may go on with it.
  return previous === undefined && quotesRedacted(view, value) ? refuse('removed') : undefined;
}

/** A reply that was written offline may hold the words that were taken away since. */
function quotesRedacted({ doc, erased }: PageView, value: unknown): boolean {
  const record = readMessageRecord(value);
  if (record === undefined || isTombstone(record) || record.replyTo === undefined) return false;
  const { id, quote } = record.replyTo;
  return quote !== '' && (redactionsOf(doc).has(id) || erased.has(id));
}

/** What a member may not do in this room now, whatever the value. */
export function objectToRoom(view: PageView, change: KeyChange): Objection | undefined {
  if (view.standing === undefined) return refuse('not-a-member');
  const record = readMessageRecord(change.value);
  const onlyRemoves = change.root === 'messages' && record !== undefined && 'deleted' in record;
  if (onlyRemoves) return undefined;
  if (view.room.archived) return refuse('room-archived');
  const { role } = view.standing;
  const mayWrite = !view.room.locked || role === 'owner' || role === 'moderator';
  return change.root === 'messages' && !mayWrite ? refuse('room-locked') : undefined;
}

function previousRecord(change: KeyChange): MessageRecord | undefined {
  return change.tip === undefined ? undefined : readMessageRecord(change.tip.value);
}
