/**
 * Runs something again and again while it is asked for, with a pause after each run: whatever was asked for
 * meanwhile shares the next one. The first run after a quiet time comes at once.
 */
export class Rounds {
  readonly #pauseMs: number;
  readonly #run: () => void | Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;
  #requests = 0;
  #isClosed = false;
  /** Both by a clock that is never set. */
  #startedAt = performance.now();
  #endedAt = -Infinity;

  /** `run` must not throw or reject. Without a pause what was asked for meanwhile is done at once. */
  constructor(pauseMs: number, run: () => void | Promise<void>) {
    this.#pauseMs = pauseMs;
    this.#run = run;
  }

  request(): void {
    this.#requests++;
    if (this.#timer !== undefined || this.#isRunning || this.#isClosed) return;
    const waitMs = Math.max(0, this.#endedAt + this.#pauseMs - performance.now());
    this.#timer = setTimeout(() => {
      void this.#next();
    }, waitMs);
    this.#timer.unref();
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Time since the last run began; before the first one, since this was made. */
  get ageMs(): number {
    return performance.now() - this.#startedAt;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #next(): Promise<void> {
    this.#timer = undefined;
    const asked = this.#requests;
    this.#isRunning = true;
    this.#startedAt = performance.now();
    await this.#run();
    this.#isRunning = false;
    this.#endedAt = performance.now();
    if (this.#requests > asked) this.request();
  }
}
