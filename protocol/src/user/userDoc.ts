import type * as Y from 'yjs';
import * as z from 'zod/mini';
import { isRoomId, type ArrivalNumber, type RoomId } from '../ids.ts';
import { RoomKind, RoomRole } from '../room/roomDoc.ts';
import { parseReadMark, UNREAD_FROM_START, type ReadMark } from './readMark.ts';

const RoomListEntry = z.object({
  kind: RoomKind,
  name: z.string(),
  role: RoomRole,
  /** Number of the head page. */
  head: z.int(),
  /** The room's last arrival number when I joined; absent: it had none. */
  since: z.optional(z.int()),
});
/** One of my rooms, as the server lists it in my user document. */
export type RoomListEntry = z.infer<typeof RoomListEntry>;

/**
 * Roots of a user document. The server alone writes `rooms`; the person writes `reads` (RoomId → ReadMark),
 * `drafts` and `preferences`.
 */
export const USER_ROOTS = {
  rooms: 'rooms',
  reads: 'reads',
  drafts: 'drafts',
  preferences: 'preferences',
} as const;

export function defineUser(doc: Y.Doc): void {
  for (const name of Object.values(USER_ROOTS)) doc.getMap(name);
}

/** The mark that I set myself. What counts as unread depends on `joinedSince` as well. */
export function readMarkOf(doc: Y.Doc, roomId: RoomId): ReadMark {
  return parseReadMark(doc.getMap(USER_ROOTS.reads).get(roomId)) ?? UNREAD_FROM_START;
}

/** The room's last arrival number when I joined it. */
export function joinedSince(doc: Y.Doc, roomId: RoomId): ArrivalNumber {
  return RoomListEntry.safeParse(doc.getMap(USER_ROOTS.rooms).get(roomId)).data?.since ?? 0;
}

export function readRoomList(doc: Y.Doc): Map<RoomId, RoomListEntry> {
  const rooms = new Map<RoomId, RoomListEntry>();
  for (const [id, value] of doc.getMap('rooms').entries()) {
    const parsed = RoomListEntry.safeParse(value);
    if (isRoomId(id) && parsed.success) rooms.set(id, parsed.data);
  }
  return rooms;
}
