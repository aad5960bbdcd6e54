import * as z from 'zod/mini';
import { MAX_TEXT_BYTES } from '../limits.ts';
import { utf8Bytes } from '../page/messageRecord.ts';
import type { RefusalCode } from '../refusals.ts';

/**
 * What I began to write in a room, last on whichever device: `drafts[RoomId]` of my user document; null when it
 * was sent or emptied. Stored for ever: add, never rename.
 */
const Draft = z.strictObject({ text: z.string(), at: z.int().check(z.nonnegative()) });
export type Draft = z.infer<typeof Draft>;

/** Undefined for what is no draft, or is none any more. */
export function readDraft(value: unknown): Draft | undefined {
  const parsed = Draft.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

/** Judges a value of `drafts`; undefined when it is allowed. */
export function refuseDraft(value: unknown): RefusalCode | undefined {
  if (value === null) return undefined;
  const draft = readDraft(value);
  if (draft === undefined || draft.text.includes('\0')) return 'shape';
  return utf8Bytes(draft.text) > MAX_TEXT_BYTES ? 'too-large' : undefined;
}
