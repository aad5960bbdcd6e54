import { randomBytes } from 'node:crypto';
import type { RoomId, UserId } from '@skerry/protocol/ids.ts';
import { v7 as uuidv7 } from 'uuid';
import type { Person, Room } from './chatSystem.ts';

/** Rooms of new people, everyone in one of them. Ids only: each system stores them its own way. */
export function inventRooms(size: { rooms: number; members: number }): Room[] {
  return Array.from({ length: size.rooms }, () => ({
    id: uuidv7() as RoomId,
    members: Array.from({ length: size.members }, inventPerson),
  }));
}

function inventPerson(): Person {
  // The shape that Skerry's session reader takes: remembered, 32 random bytes.
  const token = `r_${randomBytes(32).toString('base64url')}`;
  return { id: uuidv7() as UserId, token, name: `Person ${token.slice(2, 8)}` };
}

export function membershipsOf(rooms: readonly Room[]): { roomId: RoomId; person: Person }[] {
  return rooms.flatMap(({ id, members }) => members.map((person) => ({ roomId: id, person })));
}
