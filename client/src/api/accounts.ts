import {
  UserAnswer,
  type ChangePasswordBody,
  type EditProfileBody,
  type OwnUser,
  type SignUpBody,
  type UsePasswordResetBody,
} from '@skerry/protocol/api/accounts.ts';
import { ask } from './client.ts';

/** The app never waits for this one: after it, the answer comes too late to matter. */
const ME_LIMIT_MS = 5_000;

export async function signUp(body: SignUpBody, idempotencyKey: string): Promise<OwnUser> {
  const path = '/api/accounts';
  return (await ask({ method: 'POST', path, body, idempotencyKey, answer: UserAnswer })).user;
}

export async function fetchMe(): Promise<OwnUser> {
  const limitMs = ME_LIMIT_MS;
  return (await ask({ method: 'GET', path: '/api/me', answer: UserAnswer, limitMs })).user;
}

export async function editProfile(body: EditProfileBody): Promise<OwnUser> {
  return (await ask({ method: 'PATCH', path: '/api/me', body, answer: UserAnswer })).user;
}

export async function changePassword(body: ChangePasswordBody): Promise<void> {
  await ask({ method: 'PUT', path: '/api/me/password', body });
}

export async function setPasswordByLink(
  body: UsePasswordResetBody,
  idempotencyKey: string,
): Promise<void> {
  await ask({ method: 'POST', path: '/api/password-resets/use', body, idempotencyKey });
}
