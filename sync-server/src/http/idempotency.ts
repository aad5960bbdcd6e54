import { createHash } from 'node:crypto';
import { IDEMPOTENCY_HEADER } from '@skerry/protocol/api/common.ts';
import type { FastifyRequest } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import { RefusalError } from '../errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { App } from './app.ts';
import { addressOf } from './address.ts';
import type { IdempotencyStore, KeyUse } from './idempotencyStore.ts';

/** A key whose request has not answered for this long belongs to a process that died: it runs again. */
export const IN_FLIGHT_MS = 30_000;
/** Keys are remembered this long: longer than a person stays offline with an unsent operation. */
export const KEY_LIFETIME_MS = 30 * 24 * 3_600_000;

export const IDEMPOTENCY_KEY = /^[A-Za-z0-9_-]{8,128}$/;
/** Never hashed into the table: a fast hash of a password is a way to guess it. */
const SECRETS = new Set(['password', 'newPassword', 'currentPassword', 'token']);

const uses = new WeakMap<FastifyRequest, { use: KeyUse; replays: boolean }>();

/** Lets every POST be repeated with its Idempotency-Key: it is done once and answers the same. */
export function keepIdempotent(app: App, deps: { store: IdempotencyStore; clock: Clock }): void {
  app.addHook('preHandler', async (request, reply) => {
    request.operationId = uuidv7();
    const key = request.headers[IDEMPOTENCY_HEADER];
    if (request.method !== 'POST' || key === undefined || request.is404) return;
    if (typeof key !== 'string' || !IDEMPOTENCY_KEY.test(key)) {
      throw new RefusalError('bad-request', { fields: { [IDEMPOTENCY_HEADER]: 'not a key' } });
    }
    const use: KeyUse = {
      owner: request.identity?.userId ?? `address:${addressOf(request.ip)}`,
      key,
      // With its parameters: joining another room is another request.
      route: `${request.method} ${request.url.split('?', 1)[0] ?? ''}`,
      bodyHash: hashOfBody(request.body),
    };
    const now = deps.clock();
    const replays = request.routeOptions.config.idempotency !== 'operation';
    const found = await deps.store.reserve(use, {
      operationId: request.operationId,
      now,
      // Without a stored answer to wait for, a repetition simply runs.
      staleBefore: replays ? now - IN_FLIGHT_MS : now + 1,
    });
    switch (found.kind) {
      case 'reserved':
        request.operationId = found.operationId;
        uses.set(request, { use, replays });
        return;
      case 'answered':
        await reply
          .status(found.status)
          .header('content-type', 'application/json; charset=utf-8')
          .header('idempotency-replayed', 'true')
          .serializer((body: string) => body)
          .send(found.answer);
        return;
      case 'in-flight':
        throw new RefusalError('in-progress', { retryAfterSeconds: 1 });
      case 'key-reused':
        throw new RefusalError('key-reused');
      default:
        return found satisfies never;
    }
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const kept = uses.get(request);
    if (kept === undefined) return;
    uses.delete(request);
    const { statusCode } = reply;
    if (statusCode >= 500) {
      // It may have been half done: the next try continues under the same operation id, at once.
      await deps.store.reopen(kept.use, deps.clock() - IN_FLIGHT_MS - 1);
    } else if (statusCode >= 400) {
      // A "no" did nothing, and may be a yes next time.
      await deps.store.release(kept.use);
    } else if (kept.replays) {
      const answer = typeof payload === 'string' ? payload : '';
      await deps.store.answer(kept.use, { status: statusCode, answer });
    }
  });
}

function hashOfBody(body: unknown): string {
  const text = JSON.stringify(body ?? null, (name, value: unknown) =>
    SECRETS.has(name) ? undefined : value,
  );
  return createHash('sha256').update(text).digest('hex');
}
