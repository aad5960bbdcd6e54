import type { EpochMs } from '@skerry/protocol/ids.ts';

/** A clock that tests can turn. */
export interface Timers {
  now: () => EpochMs;
  setTimeout: (run: () => void, delayMs: number) => () => void;
}

export const REAL_TIMERS: Timers = {
  now: () => Date.now(),
  setTimeout: (run, delayMs) => {
    const timer = setTimeout(run, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};

export interface HeartbeatDeps {
  timers: Timers;
  /** Asks the server for a sign of life; returns what its answer will name, or undefined when it cannot. */
  ping: () => number | undefined;
  /** The socket is dead, whatever it says itself, or there is none: open a fresh one now. */
  onDead: () => void;
  isVisible: () => boolean;
}

const PING_EVERY_MS = 10_000;
/** The server ends a silent socket after 60 s. */
const PING_EVERY_HIDDEN_MS = 25_000;
const ANSWER_LIMIT_MS = 3_000;
/** After waking the new messages have to be there within 3 s: one look, then a fresh socket. */
const WAKING_ANSWER_LIMIT_MS = 1_000;
/** For TCP, TLS, upgrade and the first answer on a poor line. */
const OPEN_LIMIT_MS = 10_000;

/** Decides when a socket is dead. Half-open ones exist: they look open for ever and carry nothing. */
export interface Heartbeat {
  /** A socket is being opened. */
  opening: () => void;
  /** Something arrived. */
  heard: () => void;
  /** The answer to a ping arrived. */
  answered: (ping: number) => void;
  /** There is no socket now. */
  closed: () => void;
  /** The device, the tab or the line came back. */
  wake: () => void;
  stop: () => void;
}

export function createHeartbeat({ timers, ping, onDead, isVisible }: HeartbeatDeps): Heartbeat {
  let state: 'none' | 'opening' | 'open' = 'none';
  let cancelPing: (() => void) | undefined;
  /** `answer`: the ping that has to be answered; else anything that arrives will do. */
  let limit: { at: EpochMs; answer: number | undefined; cancel: () => void } | undefined;

  const clear = (): void => {
    cancelPing?.();
    cancelPing = undefined;
    limit?.cancel();
    limit = undefined;
  };
  const expect = (withinMs: number, answer?: number): void => {
    const at = timers.now() + withinMs;
    if (limit !== undefined && limit.at <= at) {
      limit.answer ??= answer;
      return;
    }
    limit?.cancel();
    limit = { at, answer, cancel: timers.setTimeout(die, withinMs) };
  };
  const met = (): void => {
    limit?.cancel();
    limit = undefined;
  };
  const die = (): void => {
    clear();
    state = 'none';
    onDead();
  };
  const plan = (): void => {
    cancelPing?.();
    cancelPing = timers.setTimeout(
      () => {
        ping();
        expect(ANSWER_LIMIT_MS);
        plan();
      },
      isVisible() ? PING_EVERY_MS : PING_EVERY_HIDDEN_MS,
    );
  };
  return {
    opening: () => {
      clear();
      state = 'opening';
      expect(OPEN_LIMIT_MS);
    },
    heard: () => {
      if (state === 'none') return; // the last words of a socket that was given up
      state = 'open';
      if (limit?.answer === undefined) met();
      if (cancelPing === undefined) plan();
    },
    answered: (ping) => {
      if (limit?.answer !== undefined && ping >= limit.answer) met();
    },
    closed: () => {
      clear();
      state = 'none';
    },
    wake: () => {
      if (state === 'none') die();
      // What lay in the buffers of a dead socket arrives now as well: only the answer itself counts.
      else if (state === 'open') expect(WAKING_ANSWER_LIMIT_MS, ping());
      else expect(ANSWER_LIMIT_MS);
    },
    stop: clear,
  };
}
