import type { RoomId, UserId } from '@skerry/protocol/ids.ts';
import { err, ok, type Result } from '@skerry/protocol/result.ts';
import { bumpRules } from '../documents/accessStore.ts';
import { inTransaction, type Database } from '../platform/database.ts';
import { lockRoom } from '../rooms/roomStore.ts';
import type { AccessPort } from './accessPort.ts';
import { deleteMembership, findHeir, findRole, setRole } from './membershipStore.ts';

/** Ends a membership, and with it access to all of the room. A room's last owner leaves it to an heir. */
export async function leaveRoom(
  deps: { db: Database; access: AccessPort },
  cmd: { roomId: RoomId; userId: UserId },
): Promise<Result<void, 'room-not-found'>> {
  const { roomId, userId } = cmd;
  const left = await inTransaction(deps.db, async (tx) => {
    const room = await lockRoom(tx, roomId);
    if (room === undefined) return err('room-not-found');
    const role = await findRole(tx, roomId, userId);
    // Leaving twice is leaving; a private room does not exist for those outside.
    if (role === undefined) return room.kind === 'public' ? ok(undefined) : err('room-not-found');
    await deleteMembership(tx, roomId, userId);
    const heir = role === 'owner' ? await findHeir(tx, roomId) : undefined;
    if (heir !== undefined) await setRole(tx, { roomId, userId: heir, role: 'owner' });
    await bumpRules(tx, { roomId });
    return ok(heir);
  });
  if (!left.ok) return left;
  await deps.access.accessChanged({ roomId, userId });
  await deps.access.refreshRoom(roomId);
  await deps.access.refreshUser(userId);
  if (left.value !== undefined) {
    await deps.access.accessChanged({ roomId, userId: left.value });
    await deps.access.refreshUser(left.value);
  }
  return ok(undefined);
}
