import type { OwnUser, SignUpBody } from '@skerry/protocol/api/accounts.ts';
import { userDocumentName } from '@skerry/protocol/documentName.ts';
import type { UserId } from '@skerry/protocol/ids.ts';
import { err, ok, type Result } from '@skerry/protocol/result.ts';
import type { AccessPort } from '../memberships/accessPort.ts';
import { insertMembership } from '../memberships/membershipStore.ts';
import type { Clock } from '../platform/clock.ts';
import { inTransaction, type Database } from '../platform/database.ts';
import { lockServer } from '../platform/settingsStore.ts';
import { insertDocuments } from '../rooms/documentRowStore.ts';
import { findWelcomeRoom } from '../rooms/roomStore.ts';
import { isPassword, hashPassword } from './passwords.ts';
import { findTaken, insertUser, type Taken, type UserStore } from './userStore.ts';

interface Deps {
  db: Database;
  users: UserStore;
  access: AccessPort;
  clock: Clock;
}

export interface SignUp extends SignUpBody {
  /** Becomes the account's id; the same one again is the same sign-up, repeated. */
  userId: UserId;
}

/** Creates an account and its user document, and makes it a member of the welcome room. */
export async function signUp(deps: Deps, cmd: SignUp): Promise<Result<OwnUser, Taken>> {
  // Before the transaction: hashing takes its time, and sign-ups are one at a time.
  const passwordHash = await hashPassword(cmd.password);
  const now = deps.clock();
  const { handle, email, displayName, userId } = cmd;
  const done = await inTransaction(deps.db, async (tx) => {
    // One sign-up at a time, so that "taken" and "first" hold until the commit.
    await lockServer(tx);
    const taken = await findTaken(tx, { handle, email });
    if (taken !== undefined) return taken;
    const user = await insertUser(tx, {
      id: userId,
      handle,
      email,
      displayName,
      avatar: hueOf(userId),
      passwordHash,
      now,
    });
    await insertDocuments(tx, [{ name: userDocumentName(userId) }]);
    const room = await findWelcomeRoom(tx);
    if (room !== undefined) {
      const role = user.role === 'admin' ? 'owner' : 'member';
      await insertMembership(tx, { roomId: room, userId, role, joinedAt: now });
    }
    return { user, room };
  });
  if ('taken' in done) return await repeated(deps, cmd, done);
  const { user, room } = done;
  if (room !== undefined) await deps.access.refreshRoom(room);
  await deps.access.refreshUser(user.id);
  return ok(user);
}

/** The answer to the first try got lost: whoever knows its key and its password gets it again. */
async function repeated(
  deps: Deps,
  cmd: SignUp,
  { taken, id }: { taken: Taken; id: UserId },
): Promise<Result<OwnUser, Taken>> {
  if (id !== cmd.userId) return err(taken);
  const account = await deps.users.find(id);
  const same = await isPassword(account?.passwordHash, cmd.password);
  return account !== undefined && same ? ok(account.user) : err(taken);
}

const HUES = 12;

/** One of twelve hues 30° apart, from the random end of the id. */
function hueOf(userId: UserId): string {
  return String((parseInt(userId.slice(-4), 16) % HUES) * (360 / HUES));
}
