import * as z from 'zod/mini';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** UUIDv7, lower case, given out by the server at sign-up. */
export const UserId = z.string().check(z.regex(UUID_V7)).brand<'UserId'>();
export type UserId = z.infer<typeof UserId>;

/** UUIDv7 from the server, or UUIDv5 of the two sorted user ids for a direct conversation. */
export const RoomId = z.string().check(z.regex(UUID)).brand<'RoomId'>();
export type RoomId = z.infer<typeof RoomId>;

/** UUIDv7, made by the device that writes the message. */
export const MessageId = z.string().check(z.regex(UUID_V7)).brand<'MessageId'>();
export type MessageId = z.infer<typeof MessageId>;

/** Names a session to its owner; never the token and never what the cookie holds. */
export const SessionId = z.string().check(z.minLength(1), z.maxLength(128)).brand<'SessionId'>();
export type SessionId = z.infer<typeof SessionId>;

/** Milliseconds since 1970-01-01T00:00Z. */
export type EpochMs = number;

/** Position in the order the server accepted, 1, 2, 3 … within a room. */
export type ArrivalNumber = number;

/** Yjs' number for a peer: 53 bits, random, one tab session long. */
export type ClientId = number;

export function isMessageId(value: unknown): value is MessageId {
  return typeof value === 'string' && UUID_V7.test(value);
}

export function isUserId(value: unknown): value is UserId {
  return typeof value === 'string' && UUID_V7.test(value);
}

export function isRoomId(value: unknown): value is RoomId {
  return typeof value === 'string' && UUID.test(value);
}
