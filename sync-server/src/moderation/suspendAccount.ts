import type { EpochMs, UserId } from '@skerry/protocol/ids.ts';
import { err, ok, type Result } from '@skerry/protocol/result.ts';
import { v7 as uuidv7 } from 'uuid';
import type { EndSessions } from '../accounts/endSessions.ts';
import { endAllSessionsOf } from '../accounts/sessionStore.ts';
import { bumpRules } from '../documents/accessStore.ts';
import type { AccessPort } from '../memberships/accessPort.ts';
import type { Clock } from '../platform/clock.ts';
import { inTransaction, type Database } from '../platform/database.ts';
import { insertAudit, lockAdmins } from './moderationStore.ts';
import { isAdmin } from './rights.ts';
import { insertSuspension, setSuspended } from './suspensionStore.ts';

interface Suspension {
  userId: UserId;
  actorId: UserId;
  reason: string;
  /** Absent: until somebody lifts it. */
  endsAt?: EpochMs;
}

/** Takes an account everything it may do, sessions and sockets included. Suspending twice is suspending. */
export async function suspendAccount(
  deps: { db: Database; access: AccessPort; endSessions: EndSessions; clock: Clock },
  { userId, actorId, reason, endsAt }: Suspension,
): Promise<Result<void, 'forbidden' | 'not-found' | 'last-admin'>> {
  const now = deps.clock();
  const suspended = await inTransaction(deps.db, async (tx) => {
    const admins = await lockAdmins(tx);
    if (!(await isAdmin(tx, actorId))) return err('forbidden');
    if (admins.has(userId) && admins.size === 1) return err('last-admin');
    const change = await setSuspended(tx, userId, now);
    if (change === 'no-account') return err('not-found');
    if (change === 'suspended-before') return ok([]);
    await insertSuspension(tx, { id: uuidv7(), userId, by: actorId, reason, now, endsAt });
    await insertAudit(tx, {
      ...{ at: now, actorId, action: 'account.suspended', target: userId, reason },
      details: endsAt === undefined ? {} : { endsAt },
    });
    const sessions = await endAllSessionsOf(tx, userId);
    await bumpRules(tx, { userId });
    return ok(sessions);
  });
  if (!suspended.ok) return suspended;
  try {
    // First, so that open sockets are told why.
    await deps.access.accessChanged({ userId });
  } finally {
    deps.endSessions(suspended.value);
  }
  return ok(undefined);
}
