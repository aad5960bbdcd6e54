import type * as Y from 'yjs';
import * as z from 'zod/mini';
import { isRoomId, type RoomId } from '../ids.ts';
import { RoomKind, RoomRole } from '../room/roomDoc.ts';

const RoomListEntry = z.object({
  kind: RoomKind,
  name: z.string(),
  role: RoomRole,
  /** Number of the head page. */
  head: z.int(),
});
/** One of my rooms, as the server lists it in my user document. */
export type RoomListEntry = z.infer<typeof RoomListEntry>;

/** The user document: `rooms` is the server's, `reads`, `drafts` and `preferences` are the person's. */
export function defineUser(doc: Y.Doc): void {
  for (const name of ['rooms', 'reads', 'drafts', 'preferences']) doc.getMap(name);
}

export function readRoomList(doc: Y.Doc): Map<RoomId, RoomListEntry> {
  const rooms = new Map<RoomId, RoomListEntry>();
  for (const [id, value] of doc.getMap('rooms').entries()) {
    const parsed = RoomListEntry.safeParse(value);
    if (isRoomId(id) && parsed.success) rooms.set(id, parsed.data);
  }
  return rooms;
}
