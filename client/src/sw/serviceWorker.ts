import {
  cleanupOutdatedCaches,
  createHandlerBoundToURL,
  precacheAndRoute,
} from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';

declare const self: ServiceWorkerGlobalScope;

/** Paths of programs: never a page of the app. */
const PROGRAM_PATHS = [/^\/(?:api|sync|yjs|healthz|readyz|metrics)(?:\/|$)/];

precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();
registerRoute(
  new NavigationRoute(createHandlerBoundToURL('/index.html'), { denylist: PROGRAM_PATHS }),
);

// The first visit, too, must survive a network that goes away before the second.
self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim());
});

// A new version takes over when the person has said so (workbox-window: messageSkipWaiting).
self.addEventListener('message', ({ data }: ExtendableMessageEvent) => {
  if (isSkipWaiting(data)) void self.skipWaiting();
});

function isSkipWaiting(data: unknown): boolean {
  return (
    typeof data === 'object' && data !== null && 'type' in data && data.type === 'SKIP_WAITING'
  );
}
