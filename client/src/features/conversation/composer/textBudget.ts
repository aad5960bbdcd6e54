import { MAX_TEXT_BYTES } from '@skerry/protocol/limits.ts';
import { utf8Bytes } from '@skerry/protocol/page/messageRecord.ts';

/** From here on the composer says how much is left. */
const SHOWN_BELOW_BYTES = 1_024;

/** What is left of a message's bytes, negative when it is too long; undefined while it is far. */
export function bytesLeft(text: string): number | undefined {
  // A UTF-16 unit is at most 3 bytes, so that short texts are not counted at each key.
  if (text.length * 3 < MAX_TEXT_BYTES - SHOWN_BELOW_BYTES) return undefined;
  const left = MAX_TEXT_BYTES - utf8Bytes(text.trim());
  return left < SHOWN_BELOW_BYTES ? left : undefined;
}

export function isSendable(text: string): boolean {
  return text.trim() !== '' && (bytesLeft(text) ?? 0) >= 0;
}
