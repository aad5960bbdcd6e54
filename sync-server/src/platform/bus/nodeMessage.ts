import { RoomId, UserId } from '@skerry/protocol/ids.ts';
import { parsePresence, type PresenceState } from '@skerry/protocol/presence/presence.ts';
import * as z from 'zod';

/** Presence of one client: Yjs client id, awareness clock, and its state; null: it left. */
const Presence = z.tuple([
  z.int(),
  z.int(),
  z.custom<PresenceState>((state) => parsePresence(state) !== undefined).nullable(),
]);
export type Presence = z.infer<typeof Presence>;

/**
 * What the processes on one database tell each other: where to look, never what is written there. Not a word
 * of a message is in it; presence is stored nowhere else, so it travels whole.
 */
const NodeMessage = z.discriminatedUnion('type', [
  /** These documents have reached these versions. */
  z.object({
    type: z.literal('committed'),
    documents: z.array(z.tuple([z.string(), z.int()])),
  }),
  /** Whoever it concerns is judged anew; absent: all rooms, all people. */
  z.object({
    type: z.literal('access'),
    roomId: z.exactOptional(RoomId),
    userId: z.exactOptional(UserId),
  }),
  /** The tables say something new about a room. */
  z.object({ type: z.literal('room'), roomId: RoomId }),
  /** The tables say something new about a person's list of rooms. */
  z.object({ type: z.literal('user'), userId: UserId }),
  /** A room goes on in its next page. */
  z.object({ type: z.literal('head'), roomId: RoomId }),
  /** Stored session ids: hashes of tokens, not the tokens. */
  z.object({ type: z.literal('sessions-ended'), sessionIds: z.array(z.string()) }),
  /** Presence of clients that are connected to the process that says so. */
  z.object({ type: z.literal('presence'), roomId: RoomId, states: z.array(Presence) }),
  /** Say who is here in these rooms. */
  z.object({ type: z.literal('who-is-here'), roomIds: z.array(RoomId) }),
  /** Rooms with new messages: their arrival numbers, and the page of the newest. */
  z.object({
    type: z.literal('activity'),
    rooms: z.array(z.object({ roomId: RoomId, page: z.int(), first: z.int(), last: z.int() })),
  }),
  /** In these rooms messages were deleted or removed. */
  z.object({ type: z.literal('removed'), roomIds: z.array(RoomId) }),
  /** Somebody has read on in these rooms, whose head pages this process has not loaded. */
  z.object({ type: z.literal('read'), roomIds: z.array(RoomId) }),
]);
export type NodeMessage = z.infer<typeof NodeMessage>;

/** Messages travel together. `hello` says that earlier ones of this process may be missing. */
const Envelope = z.object({
  node: z.string(),
  hello: z.exactOptional(z.literal(true)),
  messages: z.array(z.unknown()),
});

/** One process' messages as they travel. */
export interface NodeMail {
  node: string;
  hello?: true;
  messages: NodeMessage[];
}

export function encodeMail(mail: NodeMail): string {
  return JSON.stringify(mail);
}

/** Leaves out what this version does not know: an older and a newer process may run side by side. */
export function readMail(body: string): NodeMail | undefined {
  const envelope = Envelope.safeParse(parseJson(body));
  if (!envelope.success) return undefined;
  const messages = envelope.data.messages.flatMap((message) => {
    const parsed = NodeMessage.safeParse(message);
    return parsed.success ? [parsed.data] : [];
  });
  return { ...envelope.data, messages };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // somebody else's message
  }
}
