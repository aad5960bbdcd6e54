import { createHash, randomBytes } from 'node:crypto';
import { err, ok, type Result } from '@skerry/protocol/result.ts';
import type { Clock } from '../platform/clock.ts';
import { inTransaction, type Database } from '../platform/database.ts';
import type { EndSessions } from './endSessions.ts';
import { hashPassword, isPassword } from './passwords.ts';
import { findUsedReset, insertReset, takeReset } from './passwordResetStore.ts';
import { endAllSessionsOf } from './sessionStore.ts';
import { setPasswordHash, type UserStore } from './userStore.ts';

export const RESET_LINK_HOURS = 24;
const TOKEN_BYTES = 32;

/** Makes the token of a one-time link for the account; only its hash is stored. */
export async function createPasswordReset(
  deps: { db: Database; users: UserStore; clock: Clock },
  login: string,
): Promise<Result<{ token: string; handle: string }, 'not-found'>> {
  const account = await deps.users.findByLogin(login);
  if (account === undefined) return err('not-found');
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const expiresAt = deps.clock() + RESET_LINK_HOURS * 3_600_000;
  const { id: userId, handle } = account.user;
  await inTransaction(deps.db, (tx) =>
    insertReset(tx, { tokenHash: hashOf(token), userId, expiresAt }),
  );
  return ok({ token, handle });
}

/** Sets the password that a one-time link allows, and ends all of the account's sessions. */
export async function usePasswordReset(
  deps: {
    db: Database;
    users: UserStore;
    endSessions: EndSessions;
    clock: Clock;
  },
  cmd: { token: string; newPassword: string },
): Promise<Result<void, 'link-expired'>> {
  const tokenHash = hashOf(cmd.token);
  const passwordHash = await hashPassword(cmd.newPassword);
  const now = deps.clock();
  const ended = await inTransaction(deps.db, async (tx) => {
    const owner = await takeReset(tx, tokenHash, now);
    if (owner === undefined) return undefined;
    await setPasswordHash(tx, owner, { passwordHash, now });
    return endAllSessionsOf(tx, owner);
  });
  if (ended === undefined) return await repeated(deps, { ...cmd, tokenHash });
  deps.endSessions(ended);
  return ok(undefined);
}

/** The same link with the password that it set: the answer to the first try got lost. */
async function repeated(
  deps: { db: Database; users: UserStore },
  cmd: { tokenHash: string; newPassword: string },
): Promise<Result<void, 'link-expired'>> {
  const owner = await findUsedReset(deps.db.kysely, cmd.tokenHash);
  const account = owner && (await deps.users.find(owner));
  const same = await isPassword(account?.passwordHash, cmd.newPassword);
  return same ? ok(undefined) : err('link-expired');
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
