import type { Timers } from './heartbeat.ts';

/** Where signs of waking come from. Absent ones (service worker, Node) are left out. */
export interface WakeSources {
  page: (EventTarget & { visibilityState?: string }) | undefined;
  scope: EventTarget | undefined;
}

const TICK_MS = 1_000;
/** A timer that fires this late has slept, and every socket may be dead. */
const LATE_MS = 2_000;

/** The page's own events, without needing a page. */
export function defaultWakeSources(): WakeSources {
  return {
    page: 'document' in globalThis ? globalThis.document : undefined,
    scope: 'addEventListener' in globalThis ? globalThis : undefined,
  };
}

export function isVisible({ page }: WakeSources): boolean {
  return page?.visibilityState !== 'hidden';
}

/** Tells of every kind of waking; returns its undo. */
export function listenForWaking(
  sources: WakeSources,
  timers: Timers,
  onWake: () => void,
): () => void {
  const { page, scope } = sources;
  const seen = (): void => {
    if (isVisible(sources)) onWake();
  };
  page?.addEventListener('visibilitychange', seen);
  // `offline` too: what is left of the line is asked at once.
  const events = ['pageshow', 'focus', 'online', 'offline'];
  for (const event of events) scope?.addEventListener(event, onWake);

  let due = timers.now() + TICK_MS;
  const tick = (): void => {
    const late = timers.now() - due;
    due = timers.now() + TICK_MS;
    cancel = timers.setTimeout(tick, TICK_MS);
    if (late >= LATE_MS) onWake();
  };
  let cancel = timers.setTimeout(tick, TICK_MS);

  return () => {
    cancel();
    page?.removeEventListener('visibilitychange', seen);
    for (const event of events) scope?.removeEventListener(event, onWake);
  };
}
