import fastifyCookie from '@fastify/cookie';
import fastifyRateLimit from '@fastify/rate-limit';
import fastify, { LogController, type FastifyBaseLogger } from 'fastify';
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import type { SessionReader } from '../accounts/sessionReader.ts';
import { RefusalError } from '../errors.ts';
import type { Clock } from '../platform/clock.ts';
import { addressOf } from './address.ts';
import { documentApi } from './apiDocs.ts';
import type { App } from './app.ts';
import { authenticate } from './authentication.ts';
import { keepIdempotent } from './idempotency.ts';
import type { IdempotencyStore } from './idempotencyStore.ts';
import { answerProblems, sendProblem } from './problems.ts';
import { refuseNul } from './refuseNul.ts';
import { securityHeaders } from './securityHeaders.ts';

/** Largest JSON body: a profile or a room is far below it. Files have routes of their own. */
const MAX_BODY_BYTES = 64 * 1024;
const MAX_PARAM_CHARACTERS = 200;

interface Deps {
  log: Logger;
  clock: Clock;
  reader: SessionReader;
  idempotency: IdempotencyStore;
  publicUrl: string | undefined;
  trustProxy: boolean;
}

/** A server with everything that holds for all routes; the caller registers the routes and listens. */
export async function createServer(deps: Deps): Promise<App> {
  const loggerInstance: FastifyBaseLogger = deps.log;
  const app: App = fastify({
    loggerInstance,
    // `logRequests` writes what may be written.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: deps.trustProxy,
    bodyLimit: MAX_BODY_BYTES,
    routerOptions: { maxParamLength: MAX_PARAM_CHARACTERS },
    return503OnClosing: true,
    // An address that cannot be decoded reaches no route.
    frameworkErrors: (_error, _request, reply) => {
      sendProblem(reply, new RefusalError('bad-request'));
    },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerProblems(app, deps.log);
  await securityHeaders(app, deps);
  await app.register(fastifyCookie);
  await app.register(fastifyRateLimit, {
    global: false,
    keyGenerator: (request) => addressOf(request.ip),
  });
  authenticate(app, deps);
  refuseNul(app);
  keepIdempotent(app, { store: deps.idempotency, clock: deps.clock });
  logRequests(app, deps.log);
  await documentApi(app);
  return app;
}

/** The route's pattern instead of its address: an address may hold what nobody should read in a log. */
function logRequests(app: App, log: Logger): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { url: route } = request.routeOptions;
    const durationMs = Math.round(reply.elapsedTime);
    const { statusCode: status } = reply;
    log.debug({ method: request.method, route, status, durationMs }, 'request answered');
    done();
  });
}
