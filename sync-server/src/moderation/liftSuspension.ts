import type { UserId } from '@skerry/protocol/ids.ts';
import { bumpRules } from '../documents/accessStore.ts';
import type { AccessPort } from '../memberships/accessPort.ts';
import type { Clock } from '../platform/clock.ts';
import { inTransaction, type Database } from '../platform/database.ts';
import { clearEndedSuspension } from './suspensionStore.ts';

/**
 * Whether an account is free again because its suspension has ended. Asked when the person signs in, which is
 * their only way back: nothing has to watch the time.
 */
export async function liftEndedSuspension(
  deps: { db: Database; access: Pick<AccessPort, 'accessChanged'>; clock: Clock },
  userId: UserId,
): Promise<boolean> {
  const isLifted = await inTransaction(deps.db, async (tx) => {
    if (!(await clearEndedSuspension(tx, userId, deps.clock()))) return false;
    await bumpRules(tx, { userId });
    return true;
  });
  if (isLifted) await deps.access.accessChanged({ userId });
  return isLifted;
}
