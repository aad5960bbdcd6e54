export interface ResourceState<T> {
  /** The last answer; undefined before the first one. */
  value: T | undefined;
  isLoading: boolean;
  /** Why the last try brought nothing. */
  error: Error | undefined;
}

/** One thing read over REST, for useSyncExternalStore. */
export interface Resource<T> {
  get: () => ResourceState<T>;
  subscribe: (listener: () => void) => () => void;
  /** Asks again; never rejects, the state says what became of it. */
  refresh: () => Promise<void>;
  /** Another person must not see it. */
  clear: () => void;
}

/** Reads when somebody first listens, and when asked; the last request wins. */
export function createResource<T>(load: () => Promise<T>): Resource<T> {
  const listeners = new Set<() => void>();
  let state: ResourceState<T> = { value: undefined, isLoading: false, error: undefined };
  let turn = 0;

  function set(next: ResourceState<T>): void {
    state = next;
    for (const listener of [...listeners]) listener();
  }

  async function refresh(): Promise<void> {
    turn += 1;
    const mine = turn;
    set({ ...state, isLoading: true });
    try {
      const value = await load();
      if (mine === turn) set({ value, isLoading: false, error: undefined });
    } catch (error) {
      const reason = error instanceof Error ? error : new Error('could not load', { cause: error });
      if (mine === turn) set({ ...state, isLoading: false, error: reason });
    }
  }

  return {
    get: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      if (listeners.size === 1 && !state.isLoading) void refresh();
      return () => listeners.delete(listener);
    },
    refresh,
    clear: () => {
      turn += 1;
      set({ value: undefined, isLoading: false, error: undefined });
    },
  };
}
