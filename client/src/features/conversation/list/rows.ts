import type { ArrivalNumber, EpochMs } from '@skerry/protocol/ids.ts';
import { isUnread, type ReadMark } from '@skerry/protocol/user/readMark.ts';
import type { Hole, ListedMessage } from '../../../sync/views.ts';
import { startOfDay } from '../../../text/time.ts';

/** One message with what stands above and around it. */
export interface Row {
  message: ListedMessage;
  /** The time beside the name. */
  shownAt: EpochMs;
  /** It was written long before it arrived. */
  isLate: boolean;
  /** I had not read it when I began to look. */
  isNew: boolean;
  startsGroup: boolean;
  endsGroup: boolean;
  /** Messages between it and the one before are not in the list. */
  isAfterHole: boolean;
  /** Midnight of the day that begins above it. */
  day: EpochMs | undefined;
  /** How many new messages begin with it. */
  newCount: number | undefined;
  /** When the first of them arrived. */
  newSince: EpochMs | undefined;
}

/** What I had read when I began to look. */
export interface Look {
  mark: ReadMark;
  /** What has a higher number came while I looked; undefined until all is here that came before. */
  upTo: ArrivalNumber | undefined;
}

const GROUP_MS = 5 * 60_000;
const LATE_MS = 2 * 60_000;

/** Messages in the list's order, with their day rules, groups and new-message line; `hole`: where some are missing. */
export function rowsOf(
  messages: readonly ListedMessage[],
  look: Look | undefined,
  hole?: Pick<Hole, 'before'>,
): Row[] {
  const newOnes = new Set(look && messages.filter((message) => isNew(message, look)));
  const [firstNew] = newOnes;
  const afterHole =
    hole && messages.find(({ number }) => number === undefined || number >= hole.before);
  const rows: Row[] = [];
  let day = Number.NEGATIVE_INFINITY;
  for (const message of messages) {
    // A clock that is behind must not open an earlier day below a later one.
    const ownDay = startOfDay(placedAt(message));
    const startsDay = ownDay > day;
    day = Math.max(day, ownDay);
    const isFirstNew = message === firstNew;
    const isAfterHole = message === afterHole;
    const before = rows.at(-1);
    const startsGroup =
      before === undefined ||
      startsDay ||
      isFirstNew ||
      isAfterHole ||
      !belongTogether(before, message);
    if (before !== undefined) before.endsGroup = startsGroup;
    rows.push({
      message,
      shownAt: shownAt(message),
      isLate: isLate(message),
      isNew: newOnes.has(message),
      startsGroup,
      endsGroup: true,
      isAfterHole,
      day: startsDay ? ownDay : undefined,
      newCount: isFirstNew ? newOnes.size : undefined,
      newSince: isFirstNew ? message.arrivedAt : undefined,
    });
  }
  return rows;
}

/** Written time, unless the writer's clock was ahead of the server's. */
export function shownAt({ at, arrivedAt }: ListedMessage): EpochMs {
  return arrivedAt === undefined ? at : Math.min(at, arrivedAt);
}

export function isLate({ at, arrivedAt }: ListedMessage): boolean {
  return arrivedAt !== undefined && arrivedAt - at >= LATE_MS;
}

/** The highest arrival number in the list; 0 while it has none. */
export function lastNumber(messages: readonly ListedMessage[]): ArrivalNumber {
  return messages.reduce((last, { number }) => Math.max(last, number ?? 0), 0);
}

/** The last of my messages that the server has not numbered; empty when it has them all. */
export function newestUnsent(messages: readonly ListedMessage[]): string {
  const last = messages.at(-1);
  return last?.number === undefined ? (last?.id ?? '') : '';
}

/** Messages of others above an arrival number. */
export function countNewer(messages: readonly ListedMessage[], number: ArrivalNumber): number {
  return messages.filter((message) => !message.mine && (message.number ?? 0) > number).length;
}

/** In a room that I never read there is nothing that anything would be newer than. */
function isNew({ mine, number }: ListedMessage, { mark, upTo }: Look): boolean {
  if (mine || number === undefined || mark.number === 0) return false;
  return isUnread(mark, number) && (upTo === undefined || number <= upTo);
}

function belongTogether(before: Row, message: ListedMessage): boolean {
  if (before.message.author.id !== message.author.id) return false;
  // "sent 9:00, arrived 9:40" stands in the head of a group, so both sides of it are alike.
  if (before.isLate || isLate(message)) return false;
  return placedAt(message) - placedAt(before.message) < GROUP_MS;
}

/** The time by which the list is ordered: arrival, or writing while it has not arrived. */
function placedAt({ at, arrivedAt }: ListedMessage): EpochMs {
  return arrivedAt ?? at;
}
