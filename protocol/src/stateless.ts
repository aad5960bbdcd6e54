import * as z from 'zod/mini';
import { isRefusalCode, type RefusalCode } from './refusals.ts';

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
