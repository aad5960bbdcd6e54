import * as z from 'zod/mini';
import { MessageId, RoomId } from '../ids.ts';

/**
 * What a push carries, under 3 KB before encryption. `web_push: 8030` makes it a declarative push, which
 * browsers that know it show without waking the service worker.
 */
export const PushPayload = z.object({
  web_push: z.literal(8030),
  notification: z.object({
    title: z.string(),
    body: z.string(),
    navigate: z.string(),
    tag: z.optional(z.string()),
    app_badge: z.optional(z.string()),
  }),
  /** For the service worker: what the notification is about. */
  data: z.object({ roomId: RoomId, messageId: MessageId, number: z.int() }),
});
export type PushPayload = z.infer<typeof PushPayload>;
