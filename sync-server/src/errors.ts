import type { RefusalCode } from '@skerry/protocol/refusals.ts';

/** A planned "no" on its way to the edge, where it becomes problem details. */
export class RefusalError extends Error {
  override name = 'RefusalError';
  readonly code: RefusalCode;
  /** Field → what is wrong with it. */
  readonly fields: Record<string, string> | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: RefusalCode,
    more: { fields?: Record<string, string>; retryAfterSeconds?: number } = {},
  ) {
    super(code);
    this.code = code;
    this.fields = more.fields;
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}
