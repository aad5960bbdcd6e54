import type { Problem } from '@skerry/protocol/api/common.ts';
import { REFUSALS, type RefusalCode } from '@skerry/protocol/refusals.ts';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { RefusalError } from '../errors.ts';
import { isDatabaseDown } from '../platform/databaseErrors.ts';
import type { App } from './app.ts';

const RETRY_AFTER_DOWN_SECONDS = 5;

/** Makes every "no" and every bug an RFC 9457 answer; what broke goes to the log, never to the client. */
export function answerProblems(app: App, log: Logger): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const refusal = toRefusal(error);
    if (refusal.code === 'internal' || refusal.code === 'unavailable') {
      const route = request.routeOptions.url;
      log.error({ err: error, method: request.method, route }, 'request failed');
    }
    return sendProblem(reply, refusal);
  });
}

export function sendProblem(reply: FastifyReply, refusal: RefusalError): FastifyReply {
  const status = REFUSALS[refusal.code].httpStatus;
  if (refusal.retryAfterSeconds !== undefined) {
    reply.header('retry-after', String(refusal.retryAfterSeconds));
  }
  if (refusal.code === 'unauthenticated') reply.header('www-authenticate', 'Bearer');
  return reply
    .status(status)
    .header('cache-control', 'no-store')
    .header('content-type', 'application/problem+json; charset=utf-8')
    .serializer((body: unknown) => JSON.stringify(body))
    .send({
      type: 'about:blank',
      title: titleOf(refusal.code),
      status,
      code: refusal.code,
      ...(refusal.fields && { fields: refusal.fields }),
    } satisfies Problem);
}

/** Answers a path that leads nowhere. */
export function sendNotFound(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendProblem(reply, new RefusalError('not-found'));
}

function toRefusal(error: FastifyError): RefusalError {
  if (error instanceof RefusalError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    return new RefusalError('bad-request', { fields: fieldsOf(error.validation) });
  }
  if (isDatabaseDown(error)) {
    return new RefusalError('unavailable', { retryAfterSeconds: RETRY_AFTER_DOWN_SECONDS });
  }
  const status = error.statusCode ?? 500;
  if (status === 413) return new RefusalError('too-large');
  if (status === 429) return new RefusalError('too-many-requests');
  if (status === 404) return new RefusalError('not-found');
  return new RefusalError(status >= 400 && status < 500 ? 'bad-request' : 'internal');
}

function fieldsOf(
  issues: readonly { instancePath: string; message?: string | undefined }[],
): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const { instancePath, message } of issues) {
    const field = instancePath.split('/').filter(Boolean).join('.');
    fields[field === '' ? 'body' : field] ??= message ?? 'invalid';
  }
  return fields;
}

/** For people who read raw answers; the app makes its own words from the code. */
function titleOf(code: RefusalCode): string {
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
