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

  async function register(): Promise<void> {
    const { Workbox: WorkboxWindow } = await import('workbox-window');
    workbox = new WorkboxWindow('/serviceWorker.js', { scope: '/' });
    workbox.addEventListener('waiting', () => {
      isReady.set(true);
    });
    workbox.addEventListener('controlling', () => {
      if (isWanted) location.reload();
    });
    await workbox.register({ immediate: true });
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
      isWanted = true;
      workbox?.messageSkipWaiting();
    },
  };
}
