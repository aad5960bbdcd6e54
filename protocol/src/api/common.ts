import * as z from 'zod/mini';
import type { RefusalCode } from '../refusals.ts';

/** RFC 9457 problem details, the body of every refusal (`application/problem+json`). */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  /** A RefusalCode. Unknown codes of a newer server read as their status. */
  code: z.string(),
  detail: z.optional(z.string()),
  /** Field → what is wrong with it, for `bad-request`. */
  fields: z.optional(z.record(z.string(), z.string())),
});
export type Problem = z.infer<typeof Problem> & { code: RefusalCode | (string & {}) };

/** Header with a client-made UUID: the same key and body answer the same without doing it again. */
export const IDEMPOTENCY_HEADER = 'idempotency-key';
