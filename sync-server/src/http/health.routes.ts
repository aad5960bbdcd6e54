import * as z from 'zod/mini';
import type { App } from './app.ts';
import { RefusalError } from '../errors.ts';
import { PROBLEMS } from './schemas.ts';

const Healthy = z.object({ status: z.literal('ok') });

export function healthRoutes(app: App, deps: { pingDatabase: () => Promise<void> }): void {
  app.get(
    '/healthz',
    { schema: { summary: 'The process lives', tags: ['health'], response: { 200: Healthy } } },
    () => ({ status: 'ok' as const }),
  );
  app.get(
    '/readyz',
    {
      schema: {
        summary: 'The database answers',
        tags: ['health'],
        response: { 200: Healthy, ...PROBLEMS },
      },
    },
    async (request) => {
      try {
        await deps.pingDatabase();
      } catch (error) {
        request.log.warn({ err: error }, 'database did not answer');
        throw new RefusalError('unavailable', { retryAfterSeconds: 5 });
      }
      return { status: 'ok' as const };
    },
  );
}
