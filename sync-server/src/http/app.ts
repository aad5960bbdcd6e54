import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Identity } from '../accounts/identity.ts';
import { RefusalError } from '../errors.ts';

/** The Fastify instance that route files register on. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; undefined without a valid session. */
    identity: Identity | undefined;
    /** When that session ends, whether it outlives the browser, and its token if a cookie brought it. */
    session: { expiresAt: Date; remember: boolean; cookieToken: string | undefined } | undefined;
    /** The person's browser reaches us over TLS. */
    overTls: boolean;
    /** Id for what this request creates; the same when it is repeated with its Idempotency-Key. */
    operationId: string;
  }
  interface FastifyContextConfig {
    /** Served without a session. Everything else under /api needs one. */
    public?: boolean;
    /**
     * What a repeated Idempotency-Key does: `answer` (the default) replays the stored answer; `operation` runs the
     * route again with the same operation id, where the answer carries a secret that must not be stored.
     */
    idempotency?: 'answer' | 'operation';
  }
}

export function identityOf(request: FastifyRequest): Identity {
  if (request.identity === undefined) throw new RefusalError('unauthenticated');
  return request.identity;
}
