import { useSyncExternalStore } from 'react';
import { startOfDay } from '../text/time.ts';

const MINUTE_MS = 60_000;

/** Midnight of today; a screen that stays open over night follows. */
export function useToday(): number {
  return useSyncExternalStore(subscribe, getToday);
}

function subscribe(listener: () => void): () => void {
  const timer = window.setInterval(listener, MINUTE_MS);
  return () => {
    window.clearInterval(timer);
  };
}

function getToday(): number {
  return startOfDay(Date.now());
}
