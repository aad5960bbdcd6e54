import { useSyncExternalStore } from 'react';

/** The message that the address names after its `#`; empty when it names none. */
export function useLinkedId(): string {
  return useSyncExternalStore(subscribe, readHash);
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => {
    window.removeEventListener('hashchange', listener);
  };
}

function readHash(): string {
  return window.location.hash.slice(1);
}
