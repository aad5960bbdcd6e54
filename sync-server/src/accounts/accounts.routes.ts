import {
  ChangePasswordBody,
  EditProfileBody,
  SignUpBody,
  UserAnswer,
  UsePasswordResetBody,
} from '@skerry/protocol/api/accounts.ts';
import type { UserId } from '@skerry/protocol/ids.ts';
import { RefusalError } from '../errors.ts';
import { addressOf } from '../http/address.ts';
import { identityOf, type App } from '../http/app.ts';
import { NoContent, PROBLEMS } from '../http/schemas.ts';
import type { AccessPort } from '../memberships/accessPort.ts';
import type { MembershipStore } from '../memberships/membershipStore.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { changePassword } from './changePassword.ts';
import type { EndSessions } from './endSessions.ts';
import { usePasswordReset } from './passwordResets.ts';
import type { SessionReader } from './sessionReader.ts';
import { refusalOf, type StartSession } from './sessions.routes.ts';
import type { createSignIn } from './signIn.ts';
import { signUp } from './signUp.ts';
import type { UserStore } from './userStore.ts';

/** Sign-ups per address and hour. */
export const MAX_SIGN_UPS_PER_HOUR = 500;
const HOUR_MS = 3_600_000;
const MAX_RESETS_PER_HOUR = 60;

interface Deps {
  db: Database;
  users: UserStore;
  memberships: MembershipStore;
  reader: SessionReader;
  access: AccessPort;
  clock: Clock;
  signIn: ReturnType<typeof createSignIn>;
  startSession: StartSession;
  endSessions: EndSessions;
}

export function accountRoutes(app: App, deps: Deps): void {
  app.post(
    '/api/accounts',
    {
      config: {
        public: true,
        idempotency: 'operation',
        rateLimit: { max: MAX_SIGN_UPS_PER_HOUR, timeWindow: HOUR_MS },
      },
      schema: {
        summary: 'Sign up',
        tags: ['accounts'],
        body: SignUpBody,
        response: { 201: UserAnswer, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const done = await signUp(deps, { ...request.body, userId: request.operationId as UserId });
      if (!done.ok) throw new RefusalError(done.error);
      await deps.startSession(request, reply, { userId: done.value.id, remember: true });
      return await reply.status(201).send({ user: done.value });
    },
  );

  app.patch(
    '/api/me',
    {
      schema: {
        summary: 'Edit the profile',
        tags: ['accounts'],
        body: EditProfileBody,
        response: { 200: UserAnswer, ...PROBLEMS },
      },
    },
    async (request) => {
      const { userId } = identityOf(request);
      const user = await deps.users.editProfile(userId, request.body);
      if (user === undefined) throw new RefusalError('unauthenticated');
      deps.reader.forget({ userId });
      for (const roomId of await deps.memberships.roomsOf(userId)) {
        await deps.access.refreshRoom(roomId);
      }
      return { user };
    },
  );

  app.put(
    '/api/me/password',
    {
      schema: {
        summary: 'Change the password; every other session ends',
        tags: ['accounts'],
        body: ChangePasswordBody,
        response: { 204: NoContent, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const address = addressOf(request.ip);
      const done = await changePassword(deps, identityOf(request), { ...request.body, address });
      if (!done.ok) throw refusalOf(done.error);
      return await reply.status(204).send(null);
    },
  );

  app.post(
    '/api/password-resets/use',
    {
      config: {
        public: true,
        idempotency: 'operation',
        rateLimit: { max: MAX_RESETS_PER_HOUR, timeWindow: HOUR_MS },
      },
      schema: {
        summary: 'Set a password with the token of a one-time link; every session ends',
        tags: ['accounts'],
        body: UsePasswordResetBody,
        response: { 204: NoContent, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const done = await usePasswordReset(deps, request.body);
      if (!done.ok) throw new RefusalError(done.error);
      return await reply.status(204).send(null);
    },
  );
}
