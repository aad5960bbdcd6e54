import { isMessageId, type UserId } from '@skerry/protocol/ids.ts';
import { MAX_EMOJI_CHARACTERS, MAX_REACTIONS_PER_PERSON } from '@skerry/protocol/limits.ts';
import { readMessageRecord, isTombstone } from '@skerry/protocol/page/messageRecord.ts';
import { messagesOf, reactionsOf, redactionsOf } from '@skerry/protocol/page/pageDoc.ts';
import type { Chains, KeyChange } from './chains.ts';
import { hostile, refuse, type Objection } from './objection.ts';
import type { PageView } from './verdict.ts';

// One emoji or a custom one's name; never a separator, a space or a control character.
const EMOJI = /^[^\p{C}\p{Z}/]+(?:\u200d[^\p{C}\p{Z}/]+)*$/u;

/** Judges one set of `reactions['<messageId>/<userId>/<emoji>']`. */
export function objectToReaction(
  view: PageView,
  userId: UserId,
  chains: Chains,
  change: KeyChange,
  value: unknown,
): Objection | undefined {
  const [messageId, owner, emoji, ...rest] = change.key.split('/');
  if (!isMessageId(messageId) || emoji === undefined || rest.length > 0) return hostile('key');
  if (owner !== userId) return hostile('author');
  if (emoji.length > MAX_EMOJI_CHARACTERS || !EMOJI.test(emoji)) return refuse('shape');
  if (value !== undefined && value !== 0 && value !== 1) return refuse('shape');
  if (redactionsOf(view.doc).has(messageId)) return refuse('removed');
  const message = readMessageRecord(
    chains.keys.get(`messages/${messageId}`)?.value ?? messagesOf(view.doc).get(messageId),
  );
  if (message === undefined) return refuse('no-message');
  if (isTombstone(message)) return refuse('deleted');
  if (change.isNew && countOwn(view, chains, `${messageId}/${owner}/`) > MAX_REACTIONS_PER_PERSON)
    return refuse('too-many-reactions');
  return undefined;
}

/** Keys of one person on one message, those of this update included: a key stays, whatever its value. */
function countOwn(view: PageView, chains: Chains, prefix: string): number {
  let count = 0;
  for (const key of reactionsOf(view.doc).keys()) if (key.startsWith(prefix)) count++;
  for (const change of chains.keys.values()) {
    if (change.isNew && change.root === 'reactions' && change.key.startsWith(prefix)) count++;
  }
  return count;
}
