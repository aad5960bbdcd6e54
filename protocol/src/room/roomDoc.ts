import type * as Y from 'yjs';
import * as z from 'zod/mini';
import { isUserId, type UserId } from '../ids.ts';

export const RoomKind = z.enum(['public', 'private', 'direct', 'group']);
export type RoomKind = z.infer<typeof RoomKind>;

export const RoomRole = z.enum(['owner', 'moderator', 'member', 'guest']);
export type RoomRole = z.infer<typeof RoomRole>;

const RoomMeta = z.object({
  name: z.string(),
  topic: z.string(),
  kind: RoomKind,
  /** Number of the head page. */
  head: z.int(),
  locked: z.boolean(),
  archived: z.boolean(),
});
export type RoomMeta = z.infer<typeof RoomMeta>;

const RoomMember = z.object({
  name: z.string(),
  handle: z.string(),
  avatar: z.string(),
  role: RoomRole,
});
export type RoomMember = z.infer<typeof RoomMember>;

/** Above this many members the room document holds no list; it is asked for over REST. */
export const MAX_MEMBERS_IN_DOCUMENT = 200;

/** The room document, which only the server writes: `meta`, `members`, `pins`. */
export function defineRoom(doc: Y.Doc): void {
  for (const name of ['meta', 'members', 'pins']) doc.getMap(name);
}

/** Undefined until the document has been received. */
export function readRoomMeta(doc: Y.Doc): RoomMeta | undefined {
  const parsed = RoomMeta.safeParse(doc.getMap('meta').toJSON());
  return parsed.success ? parsed.data : undefined;
}

export function readRoomMembers(doc: Y.Doc): Map<UserId, RoomMember> {
  const members = new Map<UserId, RoomMember>();
  for (const [id, value] of doc.getMap('members').entries()) {
    const parsed = RoomMember.safeParse(value);
    if (isUserId(id) && parsed.success) members.set(id, parsed.data);
  }
  return members;
}
