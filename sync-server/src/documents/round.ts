/** How often it is looked whether a round is due. */
export const TICK_MS = 1_000;

/** Work that is done every so often, one at a time; asked for meanwhile, it is done once more. */
export class Round {
  readonly #work: () => Promise<void>;
  #running: Promise<void> | undefined;
  #isAskedAgain = false;
  /** Milliseconds of a clock that is never set. */
  #startedAt = performance.now();

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** Ticks come a little early or late. */
  isDue(everyMs: number): boolean {
    return performance.now() - this.#startedAt > everyMs - TICK_MS / 2;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  start(): Promise<void> {
    this.#isAskedAgain = this.isRunning;
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run(): Promise<void> {
    try {
      for (let isDone = false; !isDone; isDone = !this.#isAskedAgain) {
        this.#isAskedAgain = false;
        this.#startedAt = performance.now();
        await this.#work();
      }
    } finally {
      this.#running = undefined;
    }
  }
}
