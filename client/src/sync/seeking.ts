import type { EpochMs, MessageId } from '@skerry/protocol/ids.ts';

/** Clocks of writers may be wrong by so much; a message arrives after it was written, or looks as if before. */
const CLOCK_SLACK_MS = 24 * 60 * 60_000;

/** When the message was written, by its writer's clock: the first 48 bits of a UUIDv7. */
export function writtenAt(id: MessageId): EpochMs {
  return Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
}

/** Can a message that is not on a page be on an older one? Not if all here arrived before it was written. */
export function mayBeOlder(id: MessageId, firstArrivedAt: EpochMs | undefined): boolean {
  return firstArrivedAt === undefined || writtenAt(id) - CLOCK_SLACK_MS <= firstArrivedAt;
}
