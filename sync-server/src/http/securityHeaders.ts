import type { IncomingMessage } from 'node:http';
import fastifyHelmet from '@fastify/helmet';
import type { App } from './app.ts';

const HOST = /^[\w.-]+(?::\d{1,5})?$|^\[[0-9a-fA-F:.]+\](?::\d{1,5})?$/;

/** Everything from this origin, nothing from elsewhere, and no frame around it. */
export async function securityHeaders(
  app: App,
  { publicUrl }: { publicUrl: string | undefined },
): Promise<void> {
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        mediaSrc: ["'self'", 'blob:'],
        // Older Safari does not count the WebSocket of this origin as 'self'.
        connectSrc: ["'self'", (request) => socketSources(request)],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // The origin check falls back to Referer, which must therefore be sent to ourselves.
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: publicUrl?.startsWith('https:') ?? false,
  });
}

function socketSources(request: IncomingMessage): string {
  const { host } = request.headers;
  return host !== undefined && HOST.test(host) ? `ws://${host} wss://${host}` : "'self'";
}
