import * as z from 'zod/mini';

/** A browser's Web Push subscription as `PushSubscription.toJSON()` gives it (RFC 8030, RFC 8291). */
export const Subscription = z.object({
  endpoint: z.url({ protocol: /^https$/ }).check(z.maxLength(2_048)),
  keys: z.object({
    /** The browser's P-256 public key, 65 bytes in base64url. */
    p256dh: z.string().check(z.regex(/^[A-Za-z0-9_-]{87}=?$/)),
    /** Authentication secret, 16 bytes in base64url. */
    auth: z.string().check(z.regex(/^[A-Za-z0-9_-]{22}(==)?$/)),
  }),
});
export type Subscription = z.infer<typeof Subscription>;
