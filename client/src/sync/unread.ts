import type { ArrivalNumber, EpochMs } from '@skerry/protocol/ids.ts';
import { UserId } from '@skerry/protocol/ids.ts';
import {
  UnreadState,
  type Preview,
  type RoomActivity,
  type RoomNewest,
} from '@skerry/protocol/stateless.ts';
import type { ReadMark } from '@skerry/protocol/user/readMark.ts';
import * as z from 'zod/mini';
import { writtenAt } from './seeking.ts';

/**
 * What this device has heard of how a room stands with me. It is joined so that the order in which it was
 * heard does not matter, and twice is once. Stored on disk: add optional fields, never rename.
 */
export const RoomReading = z.object({
  /** Counts, each from another read mark, the one with the highest last number first. */
  counts: z.array(UnreadState),
  /** What came in, by the number of its last message, ascending. */
  news: z.array(z.object({ last: z.int(), added: z.int(), mentions: z.int() })),
  /** The newest message that this device knows the words of. */
  newest: z.optional(
    z.object({ last: z.int(), by: UserId, name: z.string(), text: z.string(), at: z.number() }),
  ),
});
export type RoomReading = z.infer<typeof RoomReading>;

/** How a room stands with me, as far as this device can know. */
export interface RoomStanding {
  last: ArrivalNumber;
  unread: number;
  mentions: number;
}

export const NOTHING_HEARD: RoomReading = { counts: [], news: [] };

/** A count stays until a newer one, so that it is there when the mark it fits comes later. */
const MAX_COUNTS = 8;
const MAX_NEWS = 16;

/** Somebody counted: the server, or this device in the pages it has. */
export function hearCount(known: RoomReading, heard: UnreadState): RoomReading {
  const same = known.counts.find(({ mark }) => isSame(mark, heard.mark));
  if (same !== undefined && same.last > heard.last) return known;
  const counts = [heard, ...known.counts.filter((count) => count !== same)]
    .sort((a, b) => b.last - a.last)
    .slice(0, MAX_COUNTS);
  return { ...known, counts };
}

/** Something came in. */
export function hearActivity(known: RoomReading, heard: RoomActivity, now: EpochMs): RoomReading {
  const { last, added, mentions, preview } = heard;
  const others = known.news.filter((one) => one.last !== last);
  const news = [...others, { last, added, mentions }].sort((a, b) => a.last - b.last);
  const next = { ...known, news: news.slice(-MAX_NEWS) };
  if (preview === undefined) return next;
  return hearNewest(next, toNewest(last, preview, now));
}

/** Something may be gone: what is shown of the room is this, unless newer words are known. */
export function hearRemoval(
  known: RoomReading,
  { last, preview }: RoomNewest,
  now: EpochMs,
): RoomReading {
  if (preview !== undefined) return hearNewest(known, toNewest(last, preview, now));
  if (known.newest === undefined || known.newest.last > last) return known;
  return { counts: known.counts, news: known.news };
}

function toNewest(
  last: ArrivalNumber,
  { id, by, name, text }: Preview,
  now: EpochMs,
): NonNullable<RoomReading['newest']> {
  return { last, by, name, text, at: Math.min(writtenAt(id), now) };
}

/** These are the words of the message with this number. */
export function hearNewest(
  known: RoomReading,
  newest: NonNullable<RoomReading['newest']>,
): RoomReading {
  if (known.newest !== undefined && known.newest.last > newest.last) return known;
  return { ...known, newest };
}

/** How the room stands with this mark: exactly where somebody counted from it, else as near as can be. */
export function standingOf({ counts, news }: RoomReading, mark: ReadMark): RoomStanding {
  const fitting = counts.find((count) => isSame(count.mark, mark));
  const base = fitting ?? counts[0];
  const last = Math.max(counts[0]?.last ?? 0, news.at(-1)?.last ?? 0);
  if (base === undefined) return { last, unread: 0, mentions: 0 };
  const lifted = lift(base, news);
  return fitting === undefined ? move(lifted, base.mark, mark) : lifted;
}

/** The count with what came in since. */
function lift(count: UnreadState, news: RoomReading['news']): RoomStanding {
  const lifted = { last: count.last, unread: count.unread, mentions: count.mentions };
  for (const { last, added, mentions } of news) {
    // A notice may tell of messages that were counted already.
    const room = last - lifted.last;
    if (room <= 0) continue;
    lifted.last = last;
    lifted.unread += Math.min(added, room);
    lifted.mentions += Math.min(mentions, added, room);
  }
  return lifted;
}

/** A count from one mark, seen from another one. */
function move(
  { last, unread, mentions }: RoomStanding,
  from: ReadMark,
  to: ReadMark,
): RoomStanding {
  const above = Math.max(0, unread - exceptionsOf(from));
  // Whose the messages between are is not known: they are taken for others'.
  const left = to.number <= from.number ? above : Math.min(above, Math.max(0, last - to.number));
  const moved = left + exceptionsOf(to);
  return { last, unread: moved, mentions: Math.min(mentions, moved) };
}

function exceptionsOf({ except = [] }: ReadMark): number {
  return except.length;
}

function isSame(a: ReadMark, b: ReadMark): boolean {
  return a.number === b.number && String(a.except ?? []) === String(b.except ?? []);
}
