import { MAX_SYNC_STEP1_PER_WINDOW, SYNC_STEP1_WINDOW_MS } from '@skerry/protocol/limits.ts';
import { MESSAGE_TYPES, type FrameHead } from './frameHead.ts';
import { NewestLimit, type NewestLimits } from './newestLimit.ts';

const WINDOW_MS = SYNC_STEP1_WINDOW_MS;
/** Each goes to everybody in the room; an honest client sends one in 15 s, and two per spell of typing. */
const MAX_AWARENESS_PER_WINDOW = 20;
/** Each is answered; an honest client sends a barrier per refusal and a ping in some seconds. */
const MAX_STATELESS_PER_WINDOW = 500;
/** Each may ask the database; a device opens 64 documents when it comes back. */
const MAX_AUTH_PER_WINDOW = 300;
/** Above what passes in one window, of what is put off. */
const FLOOD_PER_WINDOW = 50;
const AWARENESS_FLOOD_PER_WINDOW = 500;

/** Requests that are answered at length. */
export const ANSWERED: NewestLimits = {
  windowMs: WINDOW_MS,
  perWindow: MAX_SYNC_STEP1_PER_WINDOW,
  flood: FLOOD_PER_WINDOW,
};

/** What one socket may send, judged by how its frames begin. What passes goes to Hocuspocus. */
export class FrameLimits {
  readonly #pass: (frame: Uint8Array) => void;
  /** Each costs 100 bytes and returns a page. */
  readonly #stepOnes: NewestLimit;
  /** Each costs 50 bytes and returns the presence of everybody. */
  readonly #queries: NewestLimit;
  readonly #awareness: NewestLimit;
  readonly #stateless = new Counter(MAX_STATELESS_PER_WINDOW);
  readonly #auths = new Counter(MAX_AUTH_PER_WINDOW);

  constructor(pass: (frame: Uint8Array) => void) {
    this.#pass = pass;
    this.#stepOnes = new NewestLimit(ANSWERED, pass);
    this.#queries = new NewestLimit(ANSWERED, pass);
    this.#awareness = new NewestLimit(
      {
        windowMs: WINDOW_MS,
        perWindow: MAX_AWARENESS_PER_WINDOW,
        flood: AWARENESS_FLOOD_PER_WINDOW,
      },
      pass,
    );
  }

  /** False: it is a flood. */
  take({ address, type, isStepOne }: FrameHead, frame: Uint8Array): boolean {
    if (isStepOne) return this.#stepOnes.take(address, frame);
    if (type === MESSAGE_TYPES.queryAwareness) return this.#queries.take(address, frame);
    if (type === MESSAGE_TYPES.awareness) return this.#awareness.take(address, frame);
    if (type === MESSAGE_TYPES.stateless && !this.#stateless.count()) return false;
    if (type === MESSAGE_TYPES.auth && !this.#auths.count()) return false;
    this.#pass(frame);
    return true;
  }

  close(): void {
    for (const limit of [this.#stepOnes, this.#queries, this.#awareness]) limit.close();
  }
}

/** Counts within fixed windows. */
class Counter {
  readonly #limit: number;
  #startedAt = -Infinity;
  #counted = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** False: too many. */
  count(): boolean {
    const now = performance.now();
    if (now - this.#startedAt >= WINDOW_MS) {
      this.#startedAt = now;
      this.#counted = 0;
    }
    return ++this.#counted <= this.#limit;
  }
}
