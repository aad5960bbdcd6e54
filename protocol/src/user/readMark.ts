import * as z from 'zod/mini';
import type { ArrivalNumber } from '../ids.ts';
import { MAX_READ_EXCEPTIONS } from '../limits.ts';

const Numbers = z.array(z.int().check(z.positive())).check(z.maxLength(MAX_READ_EXCEPTIONS));

/**
 * How far I have read a room: `reads[RoomId]` of my user document. All up to `number` is read but for
 * `except`, which are ascending, distinct and not above `number`. Stored for ever: add, never rename.
 */
export const ReadMark = z.strictObject({
  number: z.int().check(z.nonnegative()),
  except: z.optional(Numbers),
});
export type ReadMark = z.infer<typeof ReadMark>;

export const UNREAD_FROM_START: ReadMark = { number: 0 };

/**
 * What I did to a read mark, as a change of whatever the mark is by then: two devices that did something
 * while offline both get what they meant. Stored in outboxes: add optional fields, never rename.
 */
export const ReadChange = z.object({
  /** The mark's number when I did it. Where it is lower by now, I marked older messages unread elsewhere. */
  base: z.int().check(z.nonnegative()),
  /** I read up to here. */
  upTo: z.int().check(z.nonnegative()),
  /** Exceptions I saw and have read now; others were made elsewhere and stay. */
  seen: Numbers,
  /** I marked these unread. */
  unread: Numbers,
});
export type ReadChange = z.infer<typeof ReadChange>;

/** Undefined for what is no mark. */
export function parseReadMark(value: unknown): ReadMark | undefined {
  const parsed = ReadMark.safeParse(value);
  return parsed.success && isOrdered(parsed.data) ? parsed.data : undefined;
}

/** What was there before I joined counts as read: `since` is the room's last number then. */
export function readSince(mark: ReadMark, since: ArrivalNumber): ReadMark {
  return since <= mark.number ? mark : { ...mark, number: since };
}

/** I looked at everything up to `number`. */
export function readUpTo(mark: ReadMark, number: ArrivalNumber): ReadChange {
  const seen = (mark.except ?? []).filter((each) => each <= number);
  return { base: mark.number, upTo: Math.max(mark.number, number), seen, unread: [] };
}

/** These count as unread again; of more than may be named, the newest. */
export function markUnread(mark: ReadMark, numbers: readonly ArrivalNumber[]): ReadChange {
  const unread = ascending(numbers.filter((each) => each <= mark.number));
  return { base: mark.number, upTo: mark.number, seen: [], unread };
}

/** The mark after a change. The same change twice is the same as once. */
export function changeMark(mark: ReadMark, change: ReadChange): ReadMark {
  const number = mark.number < change.base ? mark.number : Math.max(mark.number, change.upTo);
  const kept = (mark.except ?? []).filter((each) => !change.seen.includes(each));
  const except = ascending([...kept, ...change.unread].filter((each) => each <= number));
  return except.length === 0 ? { number } : { number, except };
}

/** One change that does what `first` and then `second` do. */
export function joinChanges(first: ReadChange, second: ReadChange): ReadChange {
  const unread = first.unread.filter((each) => !second.seen.includes(each));
  return {
    base: first.base,
    upTo: Math.max(first.upTo, second.upTo),
    seen: ascending([...first.seen, ...second.seen]),
    unread: ascending([...unread, ...second.unread]),
  };
}

/** Is the message with this number still to be read? */
export function isUnread(mark: ReadMark, number: ArrivalNumber): boolean {
  return number > mark.number || (mark.except ?? []).includes(number);
}

function ascending(numbers: readonly ArrivalNumber[]): ArrivalNumber[] {
  return [...new Set(numbers)].sort((a, b) => a - b).slice(-MAX_READ_EXCEPTIONS);
}

function isOrdered({ number, except = [] }: ReadMark): boolean {
  return except.every((each, i) => each <= number && each > (except[i - 1] ?? 0));
}
