import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from './app.ts';
import { sendNotFound } from './problems.ts';

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Skerry</title>
<p>The server runs, but the app has not been built. Run <code>npm start</code>, or <code>npm run build</code> and start again.</p></html>
`;
/** Paths of programs: nothing below them is ever a page. */
const PROGRAM_PATHS = /^\/(?:api|sync|yjs|metrics|healthz|readyz)(?:\/|$)/;
/** Vite names what it puts here after its content. */
const HASHED = /[/\\]assets[/\\]/;

/** Serves the built app; each address of the app itself answers with its start page. */
export async function serveClient(app: App, directory: string): Promise<void> {
  const isBuilt = existsSync(join(directory, 'index.html'));
  if (isBuilt) {
    await app.register(fastifyStatic, {
      root: directory,
      cacheControl: false,
      // The copies that the build put beside its files.
      preCompressed: true,
      setHeaders: (reply, path) => {
        reply.header('cache-control', cacheControlOf(path));
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    if (!isNavigation(request)) return sendNotFound(request, reply);
    return isBuilt ? reply.sendFile('index.html') : sendNotBuilt(reply);
  });
}

function cacheControlOf(path: string): string {
  // What is not named after its content (start page, service worker, manifest) is asked for each time.
  return HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache';
}

function isNavigation({ method, url, headers }: FastifyRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const path = url.split('?', 1)[0] ?? '';
  // A missing file is a 404, not a page: a script that is HTML fails in unreadable ways.
  const isFile = /\.[a-z0-9]+$/i.test(path);
  return !PROGRAM_PATHS.test(path) && !isFile && (headers.accept?.includes('text/html') ?? false);
}

function sendNotBuilt(reply: FastifyReply): FastifyReply {
  return reply.status(503).type('text/html; charset=utf-8').send(NOT_BUILT);
}
