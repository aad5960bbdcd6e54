import * as z from 'zod/mini';
import { UserId } from '../ids.ts';

/** Presence of one client in a room, never stored. The server fills `user` from the session. */
const PresenceState = z.object({
  user: z.object({ id: UserId, name: z.string(), avatar: z.string() }),
  /** Typing now. The receiver lets it expire after TYPING_EXPIRES_MS. */
  typing: z.optional(z.boolean()),
});
export type PresenceState = z.infer<typeof PresenceState>;

/** A typing mark without renewal is gone after this. */
export const TYPING_EXPIRES_MS = 6_000;

/** Undefined for anything that is no presence state. */
export function parsePresence(state: unknown): PresenceState | undefined {
  const parsed = PresenceState.safeParse(state);
  return parsed.success ? parsed.data : undefined;
}
