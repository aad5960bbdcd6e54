import { MAX_SYNC_STEP1_PER_WINDOW, SYNC_STEP1_WINDOW_MS } from '@skerry/protocol/limits.ts';

/** Step ones in one window that only a flood brings. */
const FLOOD_PER_WINDOW = 50;

interface Asked {
  /** When step ones were let through, oldest first, by a clock that is never set. */
  passed: number[];
  deferred: { frame: Uint8Array; timer: NodeJS.Timeout } | undefined;
  excess: number;
}

/**
 * Limits SyncStep1 per document on one socket: it costs its sender 100 bytes and returns the whole page. What
 * is too much waits for the next window, the newest only, so that an honest reader is answered in the end.
 */
export class StepOneLimit {
  readonly #pass: (frame: Uint8Array) => void;
  readonly #byAddress = new Map<string, Asked>();

  constructor(pass: (frame: Uint8Array) => void) {
    this.#pass = pass;
  }

  /** False: it is a flood. */
  take(address: string, frame: Uint8Array): boolean {
    const asked = this.#byAddress.get(address) ?? { passed: [], deferred: undefined, excess: 0 };
    this.#byAddress.set(address, asked);
    const now = performance.now();
    asked.passed = asked.passed.filter((at) => now - at < SYNC_STEP1_WINDOW_MS);
    if (asked.passed.length < MAX_SYNC_STEP1_PER_WINDOW && asked.deferred === undefined) {
      asked.excess = 0;
      asked.passed.push(now);
      this.#pass(frame);
      return true;
    }
    asked.excess++;
    this.#defer(asked, frame, now);
    return asked.excess <= FLOOD_PER_WINDOW;
  }

  close(): void {
    for (const { deferred } of this.#byAddress.values()) clearTimeout(deferred?.timer);
    this.#byAddress.clear();
  }

  #defer(asked: Asked, frame: Uint8Array, now: number): void {
    clearTimeout(asked.deferred?.timer);
    const wait = SYNC_STEP1_WINDOW_MS - (now - (asked.passed[0] ?? now));
    const timer = setTimeout(() => {
      asked.deferred = undefined;
      asked.passed.push(performance.now());
      this.#pass(frame);
    }, wait);
    timer.unref();
    asked.deferred = { frame, timer };
  }
}
