export interface NewestLimits {
  windowMs: number;
  /** Frames to one document that pass in a window. */
  perWindow: number;
  /** Frames in one window that only a flood brings. */
  flood: number;
}

interface Sent {
  /** When frames were let through, oldest first, by a clock that is never set. */
  passed: number[];
  deferred: { frame: Uint8Array; timer: NodeJS.Timeout } | undefined;
  excess: number;
}

/**
 * Limits one kind of frame per document on one socket, where only the newest matters. What is too much waits
 * for the next window, the newest only, so that an honest sender gets through in the end.
 */
export class NewestLimit {
  readonly #limits: NewestLimits;
  readonly #pass: (frame: Uint8Array) => void;
  readonly #byAddress = new Map<string, Sent>();

  constructor(limits: NewestLimits, pass: (frame: Uint8Array) => void) {
    this.#limits = limits;
    this.#pass = pass;
  }

  /** False: it is a flood. */
  take(address: string, frame: Uint8Array): boolean {
    const sent = this.#byAddress.get(address) ?? { passed: [], deferred: undefined, excess: 0 };
    this.#byAddress.set(address, sent);
    const { windowMs, perWindow, flood } = this.#limits;
    const now = performance.now();
    sent.passed = sent.passed.filter((at) => now - at < windowMs);
    if (sent.passed.length < perWindow && sent.deferred === undefined) {
      sent.excess = 0;
      sent.passed.push(now);
      this.#pass(frame);
      return true;
    }
    sent.excess++;
    this.#defer(sent, frame, now);
    return sent.excess <= flood;
  }

  close(): void {
    for (const { deferred } of this.#byAddress.values()) clearTimeout(deferred?.timer);
    this.#byAddress.clear();
  }

  #defer(sent: Sent, frame: Uint8Array, now: number): void {
    clearTimeout(sent.deferred?.timer);
    const wait = this.#limits.windowMs - (now - (sent.passed[0] ?? now));
    const timer = setTimeout(() => {
      sent.deferred = undefined;
      sent.passed.push(performance.now());
      this.#pass(frame);
    }, wait);
    timer.unref();
    sent.deferred = { frame, timer };
  }
}
