import type { RefusalCode } from '@skerry/protocol/refusals.ts';
import type { LaneStats } from './lane.ts';

/** Counts since the process started. */
export interface DocumentStats extends LaneStats {
  refused: Partial<Record<RefusalCode, number>>;
  later: number;
  rebuilds: number;
  /** Sockets cut off because their reader did not keep up. */
  slowReaders: number;
  /** Commit statements, and updates in them. */
  log: { commits: number; updates: number };
}
