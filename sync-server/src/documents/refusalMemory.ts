import type { UserId } from '@skerry/protocol/ids.ts';
import type { Clock } from '../platform/clock.ts';

/** A client that knows no refusal comes back with the same document: so many times are listened to … */
const MAX_REFUSALS = 3;
/** … and then none for so long. */
const REFUSED_FOR_MS = 60_000;
/** Entries kept before those that have had their time are dropped. */
const SWEEP_ABOVE = 10_000;

/** Whose copy of which document was refused lately, in this process. */
export class RefusalMemory {
  readonly #clock: Clock;
  readonly #refused = new Map<string, { times: number; at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(userId: UserId, documentName: string): void {
    if (this.#refused.size >= SWEEP_ABOVE) this.#dropOld();
    const key = `${userId} ${documentName}`;
    this.#refused.set(key, { times: this.#times(key) + 1, at: this.#clock() });
  }

  /** Seconds until it is worth coming back; 0: now. */
  waitSeconds(userId: UserId, documentName: string): number {
    const key = `${userId} ${documentName}`;
    if (this.#times(key) < MAX_REFUSALS) return 0;
    const { at } = this.#refused.get(key) ?? { at: 0 };
    return Math.ceil((at + REFUSED_FOR_MS - this.#clock()) / 1_000);
  }

  #times(key: string): number {
    const refused = this.#refused.get(key);
    return refused === undefined || this.#isOld(refused.at) ? 0 : refused.times;
  }

  // The distance, so that a clock that was set back bars nobody.
  #isOld(at: number): boolean {
    return Math.abs(this.#clock() - at) >= REFUSED_FOR_MS;
  }

  #dropOld(): void {
    for (const [key, { at }] of this.#refused) if (this.#isOld(at)) this.#refused.delete(key);
  }
}
