import type { Readable } from './views.ts';

export interface Cell<T> extends Readable<T> {
  set: (value: T) => void;
}

export interface Derived<T> extends Readable<T> {
  close: () => void;
}

/** A value with listeners. */
export function createCell<T>(initial: T): Cell<T> {
  const listeners = new Set<() => void>();
  let value = initial;
  return {
    get: () => value,
    set: (next) => {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What `derive` can follow: a readable, or anything else that tells when it changed. */
export type Source = Pick<Readable<unknown>, 'subscribe'>;

/**
 * A value computed from others, when it is asked for and only after one of them changed. `compute` gets
 * the last value and returns it again when nothing that matters changed.
 */
export function derive<T>(
  sources: readonly Source[],
  compute: (last: T | undefined) => T,
): Derived<T> {
  const listeners = new Set<() => void>();
  let last: T | undefined;
  let current: { value: T } | undefined;
  const undo = sources.map((source) =>
    source.subscribe(() => {
      current = undefined;
      for (const listener of [...listeners]) listener();
    }),
  );
  return {
    get: () => {
      current ??= { value: compute(last) };
      last = current.value;
      return current.value;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      for (const stop of undo) stop();
      listeners.clear();
    },
  };
}

/** Something that only tells that it changed. */
export interface Signal extends Source {
  fire: () => void;
}

export function createSignal(): Signal {
  const listeners = new Set<() => void>();
  return {
    fire: () => {
      for (const listener of [...listeners]) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
