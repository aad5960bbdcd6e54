import { pageDocumentName, roomDocumentName } from '@skerry/protocol/documentName.ts';
import type { RoomId, UserId } from '@skerry/protocol/ids.ts';
import { err, ok, type Result } from '@skerry/protocol/result.ts';
import type { Transaction } from 'kysely';
import type { AccessPort } from '../memberships/accessPort.ts';
import { insertMembership } from '../memberships/membershipStore.ts';
import type { Clock } from '../platform/clock.ts';
import { inTransaction, type Database } from '../platform/database.ts';
import type { Schema } from '../platform/schema.ts';
import { insertDocuments } from './documentRowStore.ts';
import { findPublicRoomNamed, insertRoom, lockRoom, type NewRoom } from './roomStore.ts';

export interface CreateRoom {
  /** Becomes the room's id; the same one again is the same request, repeated. */
  roomId: RoomId;
  name: string;
  topic: string;
  kind: 'public' | 'private';
  ownerId: UserId;
}

/** Creates a room with its documents; whoever creates it is its owner. */
export async function createRoom(
  deps: { db: Database; access: AccessPort; clock: Clock },
  cmd: CreateRoom,
): Promise<Result<void, 'room-name-taken'>> {
  const now = deps.clock();
  const { roomId, name, topic, kind, ownerId } = cmd;
  const created = await inTransaction(deps.db, async (tx) => {
    const before = await lockRoom(tx, roomId);
    if (before?.createdBy === ownerId) return ok(undefined);
    if (kind === 'public' && (await findPublicRoomNamed(tx, name)) !== undefined) {
      return err('room-name-taken');
    }
    await addRoom(tx, { id: roomId, kind, name, topic, createdBy: ownerId, now });
    await insertMembership(tx, { roomId, userId: ownerId, role: 'owner', joinedAt: now });
    return ok(undefined);
  }).catch((error: unknown) => {
    // Two at once with one public name: the index decides.
    if (violates(error, 'rooms_public_name')) return err('room-name-taken');
    throw error;
  });
  if (created.ok) {
    await deps.access.refreshRoom(roomId);
    await deps.access.refreshUser(ownerId);
  }
  return created;
}

/** A room, its room document and its first page come into being together. */
export async function addRoom(tx: Transaction<Schema>, room: NewRoom): Promise<void> {
  await insertRoom(tx, room);
  await insertDocuments(tx, [
    { name: roomDocumentName(room.id), roomId: room.id },
    { name: pageDocumentName(room.id, 0), roomId: room.id, page: 0 },
  ]);
}

function violates(error: unknown, constraint: string): boolean {
  return error instanceof Error && 'constraint' in error && error.constraint === constraint;
}
