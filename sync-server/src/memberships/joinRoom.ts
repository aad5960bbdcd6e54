import type { RoomId, UserId } from '@skerry/protocol/ids.ts';
import { err, ok, type Result } from '@skerry/protocol/result.ts';
import { bumpRules } from '../documents/accessStore.ts';
import type { Clock } from '../platform/clock.ts';
import { inTransaction, type Database } from '../platform/database.ts';
import { lockRoom } from '../rooms/roomStore.ts';
import type { AccessPort } from './accessPort.ts';
import { findRole, insertMembership } from './membershipStore.ts';

/** Makes someone a member of a public room; joining twice is joining. */
export async function joinRoom(
  deps: { db: Database; access: AccessPort; clock: Clock },
  cmd: { roomId: RoomId; userId: UserId },
): Promise<Result<void, 'room-not-found' | 'room-archived'>> {
  const { roomId, userId } = cmd;
  const joined = await inTransaction(deps.db, async (tx) => {
    const room = await lockRoom(tx, roomId);
    if (room === undefined) return err('room-not-found');
    if ((await findRole(tx, roomId, userId)) !== undefined) return ok(undefined);
    // A room that only its members may know about does not exist for anybody else.
    if (room.kind !== 'public') return err('room-not-found');
    if (room.archived) return err('room-archived');
    await insertMembership(tx, { roomId, userId, role: 'member', joinedAt: deps.clock() });
    await bumpRules(tx, { roomId });
    return ok(undefined);
  });
  if (!joined.ok) return joined;
  // Also when nothing is new: a process that died between commit and refresh is healed by the next try.
  await deps.access.refreshRoom(roomId);
  await deps.access.refreshUser(userId);
  await deps.access.accessChanged({ roomId, userId });
  return joined;
}
