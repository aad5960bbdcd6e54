import * as z from 'zod/mini';
import { MessageId, UserId, type EpochMs } from '../ids.ts';
import { MAX_FILES, MAX_MENTIONS, MAX_QUOTE_CHARACTERS, MAX_TEXT_BYTES } from '../limits.ts';
import type { RefusalCode } from '../refusals.ts';

const EpochMsSchema = z.int().check(z.nonnegative());
const FileId = z.string().check(z.regex(/^[0-9a-f-]{36}$/));

const Written = z.strictObject({
  by: UserId,
  at: EpochMsSchema,
  text: z.string(),
  replyTo: z.optional(z.strictObject({ id: MessageId, by: UserId, quote: z.string() })),
  thread: z.optional(MessageId),
  also: z.optional(z.literal(1)),
  mentions: z.optional(z.array(UserId).check(z.maxLength(MAX_MENTIONS))),
  files: z.optional(z.array(FileId).check(z.maxLength(MAX_FILES))),
  editedAt: z.optional(EpochMsSchema),
});
const Tombstone = z.strictObject({ by: UserId, at: EpochMsSchema, deleted: z.literal(true) });

export type WrittenRecord = z.infer<typeof Written>;
export type TombstoneRecord = z.infer<typeof Tombstone>;
/** The value of one key of `messages`, stored in pages for ever: add optional fields, never rename. */
export type MessageRecord = WrittenRecord | TombstoneRecord;

const KNOWN_FIELDS = new Set([...Object.keys(Written.shape), 'deleted']);
/** What an author may never change once the message has been accepted; `replyTo` neither, see `refuseReplyTo`. */
const FIXED_FIELDS = ['at', 'thread', 'also', 'files'] as const;

export function isTombstone(record: MessageRecord): record is TombstoneRecord {
  return 'deleted' in record;
}

/**
 * Reads a stored value. Unknown fields are ignored, so that a newer client's messages stay readable;
 * undefined when it is no message at all.
 */
export function readMessageRecord(value: unknown): MessageRecord | undefined {
  if (!isPlainObject(value)) return undefined;
  const known: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value))
    if (KNOWN_FIELDS.has(name)) known[name] = field;
  const parsed = (known['deleted'] === true ? Tombstone : Written).safeParse(known);
  return parsed.success ? parsed.data : undefined;
}

/**
 * Judges a value that `author` wants to set over `previous` (undefined for a new message).
 * Returns undefined when it is allowed. `author` and `shape` are what no honest client sends.
 */
export function refuseMessageRecord(
  value: unknown,
  author: UserId,
  previous: MessageRecord | undefined,
): RefusalCode | undefined {
  if (!isPlainObject(value)) return 'shape';
  for (const name of Object.keys(value)) if (!KNOWN_FIELDS.has(name)) return 'client-too-new';
  const parsed = (Object.hasOwn(value, 'deleted') ? Tombstone : Written).safeParse(value);
  if (!parsed.success) return 'shape';
  const record: MessageRecord = parsed.data;
  if (record.by !== author) return 'author';
  if (previous !== undefined) {
    if (previous.by !== author) return 'author';
    if (isTombstone(previous)) return 'deleted';
    if (record.at !== previous.at) return 'author';
  }
  return isTombstone(record) ? undefined : refuseWritten(record, previous);
}

function refuseWritten(record: WrittenRecord, previous: WrittenRecord | undefined) {
  // Somebody must have said something: words or a file.
  if (record.text.trim() === '' && (record.files ?? []).length === 0) return 'shape';
  if (utf8Bytes(record.text) > MAX_TEXT_BYTES) return 'too-large';
  const quote = record.replyTo?.quote ?? '';
  if (Array.from(quote).length > MAX_QUOTE_CHARACTERS) return 'too-large';
  // PostgreSQL text cannot hold NUL: one would fail everybody's group commit.
  if (record.text.includes('\0') || quote.includes('\0')) return 'shape';
  if (record.also !== undefined && record.thread === undefined) return 'shape';
  if (previous !== undefined) {
    for (const name of FIXED_FIELDS) {
      if (JSON.stringify(record[name]) !== JSON.stringify(previous[name])) return 'author';
    }
    return refuseReplyTo(record.replyTo, previous.replyTo);
  }
  return undefined;
}

/** The author never changes it, but the server takes the quote away when what it quotes is erased. */
function refuseReplyTo(
  next: WrittenRecord['replyTo'],
  previous: WrittenRecord['replyTo'],
): RefusalCode | undefined {
  if (next?.id !== previous?.id || next?.by !== previous?.by) return 'author';
  if (next?.quote === previous?.quote) return undefined;
  return previous?.quote === '' ? 'stale' : 'author';
}

/** A message as its author first writes it. */
export function newMessageRecord(by: UserId, at: EpochMs, text: string): WrittenRecord {
  return { by, at, text };
}

/** The same message with other words. */
export function editedRecord(
  record: WrittenRecord,
  text: string,
  editedAt: EpochMs,
): WrittenRecord {
  return { ...record, text, editedAt };
}

/** What stays of a message that its author deleted, or that was redacted. */
export function tombstoneOf(record: MessageRecord): TombstoneRecord {
  return { by: record.by, at: record.at, deleted: true };
}

/** UTF-8 bytes; a lone surrogate counts as the three bytes of U+FFFD. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return (
    value !== null &&
    typeof value === 'object' &&
    !Array.isArray(value) &&
    // A JSON `__proto__` key that Yjs decoded sets the prototype instead of a field.
    Object.getPrototypeOf(value) === Object.prototype
  );
}
