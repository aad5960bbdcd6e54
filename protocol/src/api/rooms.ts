import * as z from 'zod/mini';
import { RoomId, UserId } from '../ids.ts';
import { RoomKind, RoomRole } from '../room/roomDoc.ts';

export const RoomName = z
  .string()
  .check(z.trim(), z.minLength(1), z.maxLength(64), z.regex(/^\P{Cc}*$/u));
export const RoomTopic = z.string().check(z.trim(), z.maxLength(200), z.regex(/^\P{Cc}*$/u));

/** A room as a list shows it: public rooms, and private ones of mine. */
export const RoomView = z.object({
  id: RoomId,
  name: z.string(),
  topic: z.string(),
  kind: RoomKind,
  /** I am a member. */
  joined: z.boolean(),
  role: z.optional(RoomRole),
  members: z.int(),
  /** Number of the head page. */
  head: z.int(),
});
export type RoomView = z.infer<typeof RoomView>;

/** GET /api/rooms → 200 */
export const RoomsAnswer = z.object({ items: z.array(RoomView) });
export type RoomsAnswer = z.infer<typeof RoomsAnswer>;

/** POST /api/rooms → 201 RoomAnswer */
export const CreateRoomBody = z.object({
  name: RoomName,
  topic: z._default(z.optional(RoomTopic), ''),
  kind: z.enum(['public', 'private']),
});
export type CreateRoomBody = z.input<typeof CreateRoomBody>;

/** POST /api/rooms/:roomId/join → 200, DELETE /api/rooms/:roomId/membership → 204 */
export const RoomAnswer = z.object({ room: RoomView });
export type RoomAnswer = z.infer<typeof RoomAnswer>;

/** GET /api/rooms/:roomId/members?after=&limit= → 200, in order of joining */
export const MemberView = z.object({
  id: UserId,
  handle: z.string(),
  displayName: z.string(),
  avatar: z.string(),
  role: RoomRole,
  joinedAt: z.int(),
});
export type MemberView = z.infer<typeof MemberView>;

export const MembersAnswer = z.object({
  items: z.array(MemberView),
  /** `after` of the next request; absent at the end. */
  next: z.optional(z.string()),
});
export type MembersAnswer = z.infer<typeof MembersAnswer>;
