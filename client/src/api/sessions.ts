import {
  SessionsAnswer,
  SignInAnswer,
  type OwnUser,
  type SessionView,
  type SignInBody,
} from '@skerry/protocol/api/accounts.ts';
import type { SessionId } from '@skerry/protocol/ids.ts';
import { ask } from './client.ts';
import { createResource } from './resource.ts';

/** Signing out must not hang on a network that swallows everything. */
const SIGN_OUT_LIMIT_MS = 3_000;

export async function signIn(body: SignInBody, idempotencyKey: string): Promise<OwnUser> {
  const path = '/api/sessions';
  return (await ask({ method: 'POST', path, body, idempotencyKey, answer: SignInAnswer })).user;
}

export async function endCurrentSession(): Promise<void> {
  const path = '/api/sessions/current';
  await ask({ method: 'DELETE', path, limitMs: SIGN_OUT_LIMIT_MS, keepalive: true });
}

export async function listSessions(): Promise<SessionView[]> {
  const { items } = await ask({ method: 'GET', path: '/api/sessions', answer: SessionsAnswer });
  return items;
}

export async function endSession(id: SessionId): Promise<void> {
  await ask({ method: 'DELETE', path: `/api/sessions/${encodeURIComponent(id)}` });
  void sessionsResource.refresh();
}

export const sessionsResource = createResource(listSessions);
