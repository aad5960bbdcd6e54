import type { EpochMs } from '@skerry/protocol/ids.ts';

/** Reads the time; a parameter wherever time decides something, so that tests set it. */
export type Clock = () => EpochMs;

export function systemClock(): EpochMs {
  return Date.now();
}
