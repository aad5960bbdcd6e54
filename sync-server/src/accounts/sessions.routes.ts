import {
  SessionsAnswer,
  SignInAnswer,
  SignInBody,
  UserAnswer,
} from '@skerry/protocol/api/accounts.ts';
import { SessionId, type UserId } from '@skerry/protocol/ids.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod/mini';
import { RefusalError } from '../errors.ts';
import { addressOf } from '../http/address.ts';
import { identityOf, type App } from '../http/app.ts';
import { clearSessionCookie, setSessionCookie } from '../http/sessionCookie.ts';
import { NoContent, PROBLEMS } from '../http/schemas.ts';
import type { Clock } from '../platform/clock.ts';
import { deviceName } from './deviceName.ts';
import type { EndSessions } from './endSessions.ts';
import type { Sessions } from './sessions.ts';
import type { SessionStore } from './sessionStore.ts';
import type { createSignIn, SignInOutcome } from './signIn.ts';
import type { UserStore } from './userStore.ts';

interface Deps {
  users: UserStore;
  sessionStore: SessionStore;
  clock: Clock;
  signIn: ReturnType<typeof createSignIn>;
  startSession: StartSession;
  endSessions: EndSessions;
}

/** Opens a session for the device that sent the request; returns its token for the bearer transport. */
export type StartSession = (
  request: FastifyRequest,
  reply: FastifyReply,
  session: { userId: UserId; remember: boolean; transport?: 'cookie' | 'bearer' },
) => Promise<{ token?: string }>;

export function createStartSession(deps: { sessions: Sessions; clock: Clock }): StartSession {
  return async (request, reply, { userId, remember, transport = 'cookie' }) => {
    const { token, session } = await deps.sessions.create({
      userId,
      remember,
      deviceName: deviceName(request.headers['user-agent']),
      now: deps.clock(),
    });
    if (transport === 'bearer') return { token };
    setSessionCookie(request, reply, { token, expiresAt: session.expiresAt, remember });
    return {};
  };
}

export function sessionRoutes(app: App, deps: Deps): void {
  app.post(
    '/api/sessions',
    {
      config: { public: true, idempotency: 'operation' },
      schema: {
        summary: 'Sign in by handle or e-mail address',
        tags: ['sessions'],
        body: SignInBody,
        response: { 201: SignInAnswer, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const { login, password, remember, transport } = request.body;
      const outcome = await deps.signIn({ login, password, address: addressOf(request.ip) });
      if (outcome.kind !== 'signed-in') throw refusalOf(outcome);
      const { user } = outcome;
      const given = await deps.startSession(request, reply, {
        userId: user.id,
        remember,
        transport,
      });
      return await reply.status(201).send({ user, ...given });
    },
  );

  app.get(
    '/api/me',
    {
      schema: {
        summary: 'Who am I',
        tags: ['accounts'],
        response: { 200: UserAnswer, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const account = await deps.users.find(identityOf(request).userId);
      if (account === undefined) throw new RefusalError('unauthenticated');
      // Asked at each start of the app: here the cookie follows the session's moving end.
      const { session } = request;
      if (session?.cookieToken !== undefined) {
        const { cookieToken: token, expiresAt, remember } = session;
        setSessionCookie(request, reply, { token, expiresAt, remember });
      }
      return { user: account.user };
    },
  );

  app.get(
    '/api/sessions',
    {
      schema: {
        summary: 'Where am I signed in',
        tags: ['sessions'],
        response: { 200: SessionsAnswer, ...PROBLEMS },
      },
    },
    async (request) => {
      const { userId, sessionId } = identityOf(request);
      const sessions = await deps.sessionStore.list(userId, deps.clock());
      return {
        items: sessions.map(({ id, publicId, ...shown }) => ({
          ...shown,
          id: publicId,
          current: id === sessionId,
        })),
      };
    },
  );

  app.delete(
    '/api/sessions/current',
    {
      // Signing out twice is signing out: the second time nobody is signed in.
      config: { public: true },
      schema: {
        summary: 'Sign out',
        tags: ['sessions'],
        response: { 204: NoContent, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      if (request.identity !== undefined) {
        deps.endSessions(await deps.sessionStore.end(request.identity.sessionId));
      }
      clearSessionCookie(request, reply);
      return await reply.status(204).send(null);
    },
  );

  app.delete(
    '/api/sessions/:sessionId',
    {
      schema: {
        summary: 'Sign out another device',
        tags: ['sessions'],
        params: z.object({ sessionId: SessionId }),
        response: { 204: NoContent, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const { userId } = identityOf(request);
      const ended = await deps.sessionStore.endByPublicId(userId, request.params.sessionId);
      if (ended.length === 0) throw new RefusalError('not-found');
      deps.endSessions(ended);
      return await reply.status(204).send(null);
    },
  );
}

export function refusalOf(outcome: Exclude<SignInOutcome, { kind: 'signed-in' }>): RefusalError {
  if (outcome.kind !== 'too-many-requests') return new RefusalError(outcome.kind);
  return new RefusalError(outcome.kind, {
    retryAfterSeconds: Math.ceil(outcome.retryAfterMs / 1000),
  });
}
