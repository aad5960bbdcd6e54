import type { FastifyRequest } from 'fastify';
import { tokenOf, type SessionReader } from '../accounts/sessionReader.ts';
import { RefusalError } from '../errors.ts';
import type { App } from './app.ts';
import { judgeOrigin } from './origin.ts';

interface Deps {
  reader: SessionReader;
  publicUrl: string | undefined;
}

/** Decides for every request whose it is, before its body is read. */
export function authenticate(app: App, deps: Deps): void {
  app.decorateRequest('identity', undefined);
  app.decorateRequest('session', undefined);
  app.decorateRequest('operationId', '');
  app.decorateRequest('overTls', false);
  app.addHook('onRequest', async (request) => {
    const verdict = judgeOrigin({
      headers: request.headers,
      method: request.method,
      host: request.host,
      publicUrl: deps.publicUrl,
    });
    if (verdict === 'foreign') throw new RefusalError('bad-origin');
    if (!isApi(request)) return;
    request.overTls =
      request.protocol === 'https' || (deps.publicUrl?.startsWith('https:') ?? false);

    const bearer = bearerOf(request.headers.authorization);
    const { cookie } = request.headers;
    const token = tokenOf({ bearer, cookie, ownOrigin: verdict === 'own' });
    const signedIn = token === '' ? undefined : await deps.reader.read(token);
    if (signedIn !== undefined) {
      const { identity, expiresAt, remember } = signedIn;
      request.identity = identity;
      request.session = { expiresAt, remember, cookieToken: bearer === '' ? token : undefined };
    } else if (request.routeOptions.config.public !== true && !request.is404) {
      throw new RefusalError('unauthenticated');
    }
  });
}

export function bearerOf(header: string | undefined): string {
  return /^Bearer +(\S+)$/i.exec(header ?? '')?.[1] ?? '';
}

function isApi(request: FastifyRequest): boolean {
  return request.url.startsWith('/api/');
}
