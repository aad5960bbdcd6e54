import { ok, type Result } from '@skerry/protocol/result.ts';
import type { Clock } from '../platform/clock.ts';
import { inTransaction, type Database } from '../platform/database.ts';
import type { EndSessions } from './endSessions.ts';
import type { Identity } from './identity.ts';
import { hashPassword } from './passwords.ts';
import { endAllSessionsOf } from './sessionStore.ts';
import type { SignInOutcome } from './signIn.ts';
import { setPasswordHash } from './userStore.ts';

interface Deps {
  db: Database;
  endSessions: EndSessions;
  clock: Clock;
  /** Checks the present password, with the same limit on failures as signing in. */
  signIn: (cmd: { login: string; password: string; address: string }) => Promise<SignInOutcome>;
}

/** Changes one's own password and ends every session but the one that asks. */
export async function changePassword(
  deps: Deps,
  by: Identity,
  cmd: { currentPassword: string; newPassword: string; address: string },
): Promise<
  Result<void, never> | { ok: false; error: Exclude<SignInOutcome, { kind: 'signed-in' }> }
> {
  const checked = await deps.signIn({
    login: by.handle,
    password: cmd.currentPassword,
    address: cmd.address,
  });
  if (checked.kind !== 'signed-in') return { ok: false, error: checked };
  const passwordHash = await hashPassword(cmd.newPassword);
  const ended = await inTransaction(deps.db, async (tx) => {
    await setPasswordHash(tx, by.userId, { passwordHash, now: deps.clock() });
    return endAllSessionsOf(tx, by.userId, by.sessionId);
  });
  deps.endSessions(ended);
  return ok(undefined);
}
