import type { RefusalCode } from '@skerry/protocol/refusals.ts';

/** The server said no, and why. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly code: RefusalCode;
  /** Field → what is wrong with it, for `bad-request`. */
  readonly fields: Readonly<Record<string, string>>;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: RefusalCode,
    {
      fields = {},
      retryAfterSeconds,
    }: { fields?: Record<string, string> | undefined; retryAfterSeconds?: number | undefined } = {},
  ) {
    super(`refused: ${code}`);
    this.code = code;
    this.fields = fields;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** No answer, or not from our server: offline, a time limit, a captive portal. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}
