import { SyncTicketAnswer } from '@skerry/protocol/api/syncTickets.ts';
import { identityOf, type App } from '../http/app.ts';
import { PROBLEMS } from '../http/schemas.ts';
import type { SyncTickets } from './syncTickets.ts';

export function syncTicketRoutes(app: App, deps: { tickets: SyncTickets }): void {
  app.post(
    '/api/sync-tickets',
    {
      // A ticket is a credential, so no answer is kept: a repeated request gets another one.
      config: { idempotency: 'operation' },
      schema: {
        summary: 'A ticket for /yjs/<document>?ticket=, the plain y-websocket protocol',
        description: 'Good once, within a minute, for any document that the session may open.',
        tags: ['sync'],
        response: { 201: SyncTicketAnswer, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const ticket = await deps.tickets.create(identityOf(request).sessionId);
      return await reply.status(201).header('cache-control', 'no-store').send({ ticket });
    },
  );
}
