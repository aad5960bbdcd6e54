import type { Timers } from '../../src/sync/heartbeat.ts';

export interface ManualTimers extends Timers {
  /** Time passes and every timer fires when it is due. */
  pass: (ms: number) => void;
  /** The device sleeps: time passes, and timers fire at the end, late. */
  sleep: (ms: number) => void;
  /** Timers that have not fired yet. */
  pending: () => number;
}

/** A clock that only the test moves. */
export function createManualTimers(): ManualTimers {
  let now = 1_000_000;
  const waiting = new Set<{ at: number; run: () => void }>();
  const fireUntil = (end: number, move: boolean): void => {
    for (;;) {
      const due = [...waiting].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) return;
      waiting.delete(due);
      if (move) now = Math.max(now, due.at);
      due.run();
    }
  };
  return {
    now: () => now,
    setTimeout: (run, delayMs) => {
      const timer = { at: now + delayMs, run };
      waiting.add(timer);
      return () => waiting.delete(timer);
    },
    pass: (ms) => {
      const end = now + ms;
      fireUntil(end, true);
      now = end;
    },
    sleep: (ms) => {
      now += ms;
      fireUntil(now, false);
    },
    pending: () => waiting.size,
  };
}
