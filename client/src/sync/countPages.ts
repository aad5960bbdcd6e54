import type { UserId } from '@skerry/protocol/ids.ts';
import { isTombstone } from '@skerry/protocol/page/messageRecord.ts';
import { messagesOf, readOrder, redactionsOf } from '@skerry/protocol/page/pageDoc.ts';
import { isUnread, type ReadMark } from '@skerry/protocol/user/readMark.ts';
import { readRecord } from './listPage.ts';
import type { PageView } from './messageList.ts';
import type { RoomStanding } from './unread.ts';

/** One message as far as counting goes. */
interface Counted {
  number: number;
  /** Somebody else's, still there, in the main list. */
  counts: boolean;
  mentionsMe: boolean;
}

/**
 * Counts what is unread in the pages that this device has, which are the newest ones without a gap, oldest first.
 * `known` is the standing from the same mark, for what lies below them. Undefined: there is nothing.
 */
export function countPages(
  pages: readonly PageView[],
  me: UserId,
  mark: ReadMark,
  known: RoomStanding,
): RoomStanding | undefined {
  const messages = pages.flatMap((page) => countedIn(page, me));
  const [first, newest] = [messages[0], messages.at(-1)];
  if (first === undefined || newest === undefined) return undefined;
  const unread = messages.filter(({ number, counts }) => counts && isUnread(mark, number));
  const mentions = unread.filter(({ mentionsMe }) => mentionsMe);
  const isWhole = mark.number >= first.number - 1;
  const below = isWhole
    ? { unread: (mark.except ?? []).filter((each) => each < first.number).length, mentions: 0 }
    : {
        unread: rest(known.unread, unread, known.last),
        mentions: rest(known.mentions, mentions, known.last),
      };
  return {
    last: newest.number,
    unread: unread.length + below.unread,
    mentions: mentions.length + below.mentions,
  };
}

/** Of a count up to `last`, what is not among these. */
function rest(count: number, among: readonly Counted[], last: number): number {
  return Math.max(0, count - among.filter(({ number }) => number <= last).length);
}

/** A page is read once for each of its changes, whoever is asked about it. */
const counted = new WeakMap<PageView, Counted[]>();

function countedIn(page: PageView, me: UserId): Counted[] {
  const known = counted.get(page) ?? count(page, me);
  counted.set(page, known);
  return known;
}

function count({ doc }: PageView, me: UserId): Counted[] {
  const messages = messagesOf(doc);
  const redactions = redactionsOf(doc);
  return readOrder(doc).map(([id, , number]) => {
    const record = readRecord(messages.get(id));
    if (record === undefined || isTombstone(record) || redactions.has(id)) {
      return { number, counts: false, mentionsMe: false };
    }
    const isInList = record.thread === undefined || record.also === 1;
    return {
      number,
      counts: record.by !== me && isInList,
      mentionsMe: record.mentions?.includes(me) ?? false,
    };
  });
}
