import type { EpochMs } from '@skerry/protocol/ids.ts';
import type { Kysely } from 'kysely';
import type { Schema } from '../platform/schema.ts';
import type { Identity } from './identity.ts';

/** A session that has more open tickets than this loses the oldest. */
const MAX_OPEN_TICKETS = 64;

interface NewTicket {
  hash: string;
  sessionId: string;
  expiresAt: EpochMs;
}

export async function insertTicket(
  db: Kysely<Schema>,
  { hash, sessionId, expiresAt }: NewTicket,
): Promise<void> {
  await db
    .insertInto('sync_tickets')
    .values({ hash, session_id: sessionId, expires_at: expiresAt })
    .execute();
  await db
    .deleteFrom('sync_tickets')
    .where('hash', 'in', (query) =>
      query
        .selectFrom('sync_tickets')
        .select('hash')
        .where('session_id', '=', sessionId)
        .orderBy('expires_at', 'desc')
        .offset(MAX_OPEN_TICKETS),
    )
    .execute();
}

/** Uses a ticket up; undefined when there is none, or its session or account may do nothing any more. */
export async function takeTicket(
  db: Kysely<Schema>,
  hash: string,
  now: EpochMs,
): Promise<Identity | undefined> {
  const row = await db
    .with('taken', (query) =>
      query
        .deleteFrom('sync_tickets')
        .where('hash', '=', hash)
        .where('sync_tickets.expires_at', '>', now)
        .returning('session_id'),
    )
    .selectFrom('taken')
    .innerJoin('sessions', 'sessions.id', 'taken.session_id')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select(['sessions.id as sessionId', 'users.id as userId', 'users.handle', 'users.role'])
    .select(['users.display_name as displayName', 'users.avatar'])
    .where('sessions.expires_at', '>', new Date(now))
    .where('users.suspended_at', 'is', null)
    .executeTakeFirst();
  return row;
}

export async function deleteTicketsBefore(db: Kysely<Schema>, time: EpochMs): Promise<void> {
  await db.deleteFrom('sync_tickets').where('expires_at', '<', time).execute();
}
