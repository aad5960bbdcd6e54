import type { RoomId, UserId } from '@skerry/protocol/ids.ts';
import { err, ok, type Result } from '@skerry/protocol/result.ts';
import { bumpRules } from '../documents/accessStore.ts';
import type { AccessPort } from '../memberships/accessPort.ts';
import { deleteMembership, findRole } from '../memberships/membershipStore.ts';
import type { Clock } from '../platform/clock.ts';
import { inTransaction, type Database } from '../platform/database.ts';
import { lockRoom } from '../rooms/roomStore.ts';
import { countOwners, insertAudit } from './moderationStore.ts';
import { findRoomPower, type Denied } from './rights.ts';

/** Ends somebody else's membership; what they wrote stays. Removing twice is removing. */
export async function removeMember(
  deps: { db: Database; access: AccessPort; clock: Clock },
  cmd: { roomId: RoomId; userId: UserId; actorId: UserId; reason: string },
): Promise<Result<void, Denied | 'last-owner'>> {
  const { roomId, userId, actorId, reason } = cmd;
  const removed = await inTransaction(deps.db, async (tx) => {
    // Before anything is read: two removals of one room see each other.
    await lockRoom(tx, roomId);
    const power = await findRoomPower(tx, roomId, actorId);
    if (!power.ok) return power;
    const role = await findRole(tx, roomId, userId);
    if (role === undefined) return ok(undefined);
    if (!power.value.mayRemove(role)) return err('forbidden');
    if (role === 'owner' && (await countOwners(tx, roomId)) === 1) return err('last-owner');
    await deleteMembership(tx, roomId, userId);
    await insertAudit(tx, {
      ...{ at: deps.clock(), actorId, action: 'member.removed', target: userId, reason },
      details: { room: roomId, role },
    });
    await bumpRules(tx, { roomId });
    return ok(undefined);
  });
  if (!removed.ok) return removed;
  // Also when nothing is new: a process that died after the commit is made good by the next try.
  await deps.access.accessChanged({ roomId, userId });
  await deps.access.refreshRoom(roomId);
  await deps.access.refreshUser(userId);
  return removed;
}
