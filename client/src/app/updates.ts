import type { Workbox } from 'workbox-window';
import { createCell } from '../sync/readable.ts';
import type { Readable } from '../sync/views.ts';

const CHECK_EVERY_MS = 60 * 60 * 1000;

export interface Updates {
  /** A new version is installed and waits for a yes. */
  isReady: Readable<boolean>;
  /** Takes the new version over and reloads this tab. */
  apply: () => void;
}

/** Registers the service worker and looks for new versions; it never reloads by itself. */
export function followUpdates(): Updates {
  const isReady = createCell(false);
  let workbox: Workbox | undefined;
  let isWanted = false;
  /** Another tab took the new version over: this one only needs to be loaded again. */
  let isTakenOver = false;

  async function register(): Promise<void> {
    const { Workbox: WorkboxWindow } = await import('workbox-window');
    workbox = new WorkboxWindow('/serviceWorker.js', { scope: '/' });
    workbox.addEventListener('waiting', () => {
      isReady.set(true);
    });
    followController();
    await workbox.register({ immediate: true });
  }

  function followController(): void {
    const { serviceWorker } = navigator;
    // The first one of all is no update.
    let hadController = serviceWorker.controller !== null;
    serviceWorker.addEventListener('controllerchange', () => {
      if (isWanted) location.reload();
      isTakenOver = hadController;
      if (isTakenOver) isReady.set(true);
      hadController = true;
    });
  }

  const check = (): void => {
    if (document.visibilityState === 'visible') void workbox?.update().catch(() => undefined); // offline
  };

  if (import.meta.env.PROD && 'serviceWorker' in navigator) {
    // Private windows of some browsers refuse: the app then works without it.
    void register().catch(() => undefined);
    document.addEventListener('visibilitychange', check);
    window.addEventListener('online', check);
    setInterval(check, CHECK_EVERY_MS);
  }

  return {
    isReady,
    apply: () => {
      if (isTakenOver) location.reload();
      isWanted = true;
      workbox?.messageSkipWaiting();
    },
  };
}
