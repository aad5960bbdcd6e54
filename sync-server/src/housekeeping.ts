import type { Kysely } from 'kysely';
import { deleteResetsBefore } from './accounts/passwordResetStore.ts';
import type { Sessions } from './accounts/sessions.ts';
import { SIGN_IN_WINDOW_MS } from './accounts/signIn.ts';
import type { SignInFailureStore } from './accounts/signInFailureStore.ts';
import { deleteTicketsBefore } from './accounts/syncTicketStore.ts';
import { KEY_LIFETIME_MS } from './http/idempotency.ts';
import type { IdempotencyStore } from './http/idempotencyStore.ts';
import type { Clock } from './platform/clock.ts';
import type { Schema } from './platform/schema.ts';

/** Deletes what has had its time: sessions, failures, keys, links, tickets. Safe to run at any moment, and twice. */
export async function housekeep(deps: {
  kysely: Kysely<Schema>;
  sessions: Sessions;
  failures: SignInFailureStore;
  idempotency: IdempotencyStore;
  clock: Clock;
}): Promise<void> {
  const now = deps.clock();
  await deps.sessions.deleteExpired();
  await deps.failures.deleteBefore(now - SIGN_IN_WINDOW_MS);
  await deps.idempotency.deleteBefore(now - KEY_LIFETIME_MS);
  await deleteResetsBefore(deps.kysely, now);
  await deleteTicketsBefore(deps.kysely, now);
}
