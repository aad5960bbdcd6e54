import type { UserId } from '@skerry/protocol/ids.ts';
import type { Clock } from '../platform/clock.ts';

export interface PacingLimits {
  /** Messages a person may send at once. */
  burst: number;
  /** Messages a person may send per second after that. */
  perSecond: number;
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** Buckets kept before the full ones are dropped. */
const SWEEP_ABOVE = 10_000;

/** A token bucket per person, over all their sockets. An honest backlog is slowed, never refused. */
export class Pacing {
  readonly #limits: PacingLimits;
  readonly #clock: Clock;
  readonly #buckets = new Map<UserId, Bucket>();

  constructor(limits: PacingLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Milliseconds until the person may send again; 0: now. */
  delayMs(userId: UserId): number {
    const { tokens } = this.#bucket(userId);
    return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) / this.#limits.perSecond) * 1_000);
  }

  /** Below zero is allowed: what came as one update is paid for afterwards. */
  spend(userId: UserId, tokens: number): void {
    this.#bucket(userId).tokens -= tokens;
  }

  #bucket(userId: UserId): Bucket {
    const now = this.#clock();
    const bucket = this.#buckets.get(userId);
    if (bucket === undefined) {
      if (this.#buckets.size >= SWEEP_ABOVE) this.#dropFull();
      const full = { tokens: this.#limits.burst, filledAt: now };
      this.#buckets.set(userId, full);
      return full;
    }
    const gained = (Math.max(0, now - bucket.filledAt) / 1_000) * this.#limits.perSecond;
    bucket.tokens = Math.min(this.#limits.burst, bucket.tokens + gained);
    bucket.filledAt = now;
    return bucket;
  }

  #dropFull(): void {
    for (const id of [...this.#buckets.keys()])
      if (this.#bucket(id).tokens >= this.#limits.burst) this.#buckets.delete(id);
  }
}
