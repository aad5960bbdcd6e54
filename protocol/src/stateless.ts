import * as z from 'zod/mini';
import { MessageId, RoomId, UserId } from './ids.ts';
import { isRefusalCode, type RefusalCode } from './refusals.ts';
import { ReadMark } from './user/readMark.ts';

/** How one of my rooms stands with me, by the server's count. */
export const UnreadState = z.object({
  room: RoomId,
  /** Arrival number of the room's newest message; 0 while it has none. */
  last: z.int(),
  /** Messages of others that I have not read; MAX_COUNTED_UNREAD stands for that many or more. */
  unread: z.int(),
  mentions: z.int(),
  /** The read mark it was counted from. */
  mark: ReadMark,
});
export type UnreadState = z.infer<typeof UnreadState>;

/** The first words of a message. */
const Preview = z.object({ id: MessageId, by: UserId, name: z.string(), text: z.string() });
export type Preview = z.infer<typeof Preview>;

/** What came in one room since the last notice about it. */
const RoomActivity = z.object({
  room: RoomId,
  /** The page of the newest message. */
  page: z.int(),
  last: z.int(),
  /** Messages of others, and how many of them mention me. */
  added: z.int(),
  mentions: z.int(),
  /** The newest message; absent in large rooms. */
  preview: z.optional(Preview),
});
export type RoomActivity = z.infer<typeof RoomActivity>;

/** The newest message of a room that still has words. */
const RoomNewest = z.object({
  room: RoomId,
  /** That holds up to this arrival number. */
  last: z.int(),
  /** Absent: there is none; or the room is large, and all who are online are told of a deletion. */
  preview: z.optional(Preview),
});
export type RoomNewest = z.infer<typeof RoomNewest>;

/**
 * Stateless messages beside the Yjs ones, as JSON with a `type`. Unknown types are ignored by both sides,
 * so that either may learn new ones.
 */
const ServerMessage = z.discriminatedUnion('type', [
  /** The update was skipped; `key` is `<root>/<key>`, `client` the Yjs client id it was made under. */
  z.object({
    type: z.literal('refused'),
    code: z.custom<RefusalCode>(isRefusalCode),
    key: z.optional(z.string()),
    client: z.optional(z.number()),
  }),
  /** Not applied, not acknowledged, not refused: drop the fork and send again after the delay. */
  z.object({ type: z.literal('later'), delayMs: z.number() }),
  /** Drop the stored document and fetch it; nothing of the outbox is touched. */
  z.object({ type: z.literal('rebuild') }),
  /** Echo of a client's barrier: everything sent before it has been answered. */
  z.object({ type: z.literal('barrier'), id: z.number() }),
  /** Answer to `ping`. */
  z.object({ type: z.literal('pong'), id: z.number() }),
  /**
   * On my user document when it is attached: all my rooms. `epoch` changes when the server's database was
   * restored from a backup: what was stored since may be missing.
   */
  z.object({ type: z.literal('summary'), epoch: z.string(), rooms: z.array(UnreadState) }),
  /** On my user document: these rooms as they stand now, after I read on or stopped looking. */
  z.object({ type: z.literal('unread'), rooms: z.array(UnreadState) }),
  /** On my user document: news of rooms whose newest page this device has not attached. */
  z.object({ type: z.literal('activity'), rooms: z.array(RoomActivity) }),
  /**
   * On my user document: after the summary, and after something was deleted or removed in a room of which this
   * device has no page attached. What a device shows of a room that is not open is to be this and nothing else.
   */
  z.object({ type: z.literal('newest'), rooms: z.array(RoomNewest) }),
  /** On a room document: so many have the room open. Above MAX_PRESENT its presence names the newest only. */
  z.object({ type: z.literal('here'), count: z.int() }),
]);
export type ServerMessage = z.infer<typeof ServerMessage>;

const ClientMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('barrier'), id: z.number() }),
  z.object({ type: z.literal('ping'), id: z.number() }),
]);
export type ClientMessage = z.infer<typeof ClientMessage>;

/** Undefined for anything this version does not know. */
export function parseServerMessage(payload: string): ServerMessage | undefined {
  return parse(ServerMessage, payload);
}

/** Undefined for anything this version does not know. */
export function parseClientMessage(payload: string): ClientMessage | undefined {
  return payload.length > 256 ? undefined : parse(ClientMessage, payload);
}

export function encodeStateless(message: ServerMessage | ClientMessage): string {
  return JSON.stringify(message);
}

function parse<T>(schema: z.ZodMiniType<T>, payload: string): T | undefined {
  let json: unknown;
  try {
    json = JSON.parse(payload);
  } catch {
    return undefined; // not JSON: a message of some other protocol
  }
  const parsed = schema.safeParse(json);
  return parsed.success ? parsed.data : undefined;
}
