import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Identity } from './identity.ts';
import { insertTicket, takeTicket } from './syncTicketStore.ts';

/** From asking for a ticket to opening the socket with it. */
const TICKET_LIFETIME_MS = 60_000;
const TICKET_BYTES = 32;
const TICKET = /^[A-Za-z0-9_-]{43}$/;

/** What stands in for a session in an address, which others may see: good once, for a minute. */
export interface SyncTickets {
  create: (sessionId: string) => Promise<string>;
  /** Whose it is; undefined for one that is unknown, used, expired, or whose session has ended. */
  take: (ticket: string) => Promise<Identity | undefined>;
}

export function createSyncTickets(deps: {
  db: Pick<Database, 'kysely'>;
  clock: Clock;
}): SyncTickets {
  const { kysely } = deps.db;
  return {
    create: async (sessionId) => {
      const ticket = randomBytes(TICKET_BYTES).toString('base64url');
      const expiresAt = deps.clock() + TICKET_LIFETIME_MS;
      await insertTicket(kysely, { hash: hashOf(ticket), sessionId, expiresAt });
      return ticket;
    },
    take: async (ticket) =>
      TICKET.test(ticket) ? await takeTicket(kysely, hashOf(ticket), deps.clock()) : undefined,
  };
}

/** What the database keeps: reading the table opens nothing. */
function hashOf(ticket: string): string {
  return createHash('sha256').update(ticket).digest('hex');
}
