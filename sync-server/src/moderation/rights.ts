import type { RoomId, UserId } from '@skerry/protocol/ids.ts';
import { err, ok, type Result } from '@skerry/protocol/result.ts';
import type { RoomKind, RoomRole } from '@skerry/protocol/room/roomDoc.ts';
import type { Kysely } from 'kysely';
import type { Schema } from '../platform/schema.ts';
import { findActor } from './moderationStore.ts';

export type Denied = 'room-not-found' | 'forbidden';

/** Roles in a room, the weakest first. */
const RANKS: readonly RoomRole[] = ['guest', 'member', 'moderator', 'owner'];

/** What somebody may do to others in a room. */
export interface RoomPower {
  kind: RoomKind;
  /** Whether they may take this role's holder out of the room. */
  mayRemove: (role: RoomRole) => boolean;
}

/** Owners and moderators of a room moderate it, administrators every room. */
export async function findRoomPower(
  db: Kysely<Schema>,
  roomId: RoomId,
  actorId: UserId,
): Promise<Result<RoomPower, Denied>> {
  const actor = await findActor(db, actorId, roomId);
  if (actor?.room === undefined) return err('room-not-found');
  const { kind, role } = actor.room;
  if (actor.isAdmin) return ok({ kind, mayRemove: () => true });
  // A private room does not exist for those outside.
  if (role === null && kind !== 'public') return err('room-not-found');
  if (role === 'owner') return ok({ kind, mayRemove: () => true });
  if (role !== 'moderator') return err('forbidden');
  return ok({ kind, mayRemove: (other) => RANKS.indexOf(other) < RANKS.indexOf(role) });
}

export async function isAdmin(db: Kysely<Schema>, actorId: UserId): Promise<boolean> {
  return (await findActor(db, actorId))?.isAdmin ?? false;
}
