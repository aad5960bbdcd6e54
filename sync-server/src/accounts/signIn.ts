import type { OwnUser } from '@skerry/protocol/api/accounts.ts';
import type { EpochMs, UserId } from '@skerry/protocol/ids.ts';
import type { Clock } from '../platform/clock.ts';
import { isPassword } from './passwords.ts';
import type { SignInFailureStore } from './signInFailureStore.ts';
import type { UserStore } from './userStore.ts';

export const MAX_SIGN_IN_FAILURES = 10;
export const SIGN_IN_WINDOW_MS = 15 * 60_000;

interface SignIn {
  /** Handle or e-mail address. */
  login: string;
  password: string;
  address: string;
}
export type SignInOutcome =
  | { kind: 'signed-in'; user: OwnUser }
  | { kind: 'wrong-credentials' | 'suspended' }
  | { kind: 'too-many-requests'; retryAfterMs: number };

interface Deps {
  users: UserStore;
  failures: SignInFailureStore;
  clock: Clock;
  /** Whether a suspended account is free again. */
  liftSuspension: (userId: UserId) => Promise<boolean>;
}

/** Returns the operation that checks a login and password, and counts failures per login and address. */
export function createSignIn(deps: Deps): (cmd: SignIn) => Promise<SignInOutcome> {
  const tries = new Map<string, Promise<SignInOutcome>>();
  return async (cmd) => {
    // One at a time per login and address: a hundred at once would all be counted as the first.
    const key = `${cmd.login.toLowerCase()} ${cmd.address}`;
    const before = tries.get(key) ?? Promise.resolve();
    const mine = before.then(
      () => trySignIn(deps, cmd),
      () => trySignIn(deps, cmd),
    );
    tries.set(key, mine);
    try {
      return await mine;
    } finally {
      if (tries.get(key) === mine) tries.delete(key);
    }
  };
}

async function trySignIn(deps: Deps, cmd: SignIn): Promise<SignInOutcome> {
  const account = await deps.users.findByLogin(cmd.login);
  // Handle and e-mail address of one account count together.
  const counted = {
    login: account?.user.handle ?? cmd.login.toLowerCase(),
    address: cmd.address,
  };
  const now = deps.clock();
  const retryAfterMs = waitOf(await latestFailures(deps, counted, now), now);
  if (retryAfterMs > 0) return { kind: 'too-many-requests', retryAfterMs };

  if (!(await isPassword(account?.passwordHash, cmd.password)) || account === undefined) {
    await deps.failures.add({ ...counted, at: now });
    return { kind: 'wrong-credentials' };
  }
  await deps.failures.clear(counted);
  const { user, suspended } = account;
  if (suspended && !(await deps.liftSuspension(user.id))) return { kind: 'suspended' };
  return { kind: 'signed-in', user };
}

function latestFailures(
  deps: Deps,
  of: { login: string; address: string },
  now: EpochMs,
): Promise<EpochMs[]> {
  const since = now - SIGN_IN_WINDOW_MS;
  return deps.failures.latest({ ...of, since, limit: MAX_SIGN_IN_FAILURES });
}

/** Until the first of the last ten failures leaves the window. */
function waitOf(latestFirst: EpochMs[], now: EpochMs): number {
  const tenth = latestFirst[MAX_SIGN_IN_FAILURES - 1];
  return tenth === undefined ? 0 : tenth + SIGN_IN_WINDOW_MS - now;
}
