import type { OwnUser } from '@skerry/protocol/api/accounts.ts';
import type { EpochMs, UserId } from '@skerry/protocol/ids.ts';
import { sql, type Kysely, type Selectable, type Transaction } from 'kysely';
import type { Database } from '../platform/database.ts';
import type { Schema } from '../platform/schema.ts';

export interface NewUser {
  id: UserId;
  handle: string;
  email: string;
  displayName: string;
  avatar: string;
  passwordHash: string;
  now: EpochMs;
}

export interface Account {
  user: OwnUser;
  suspended: boolean;
  passwordHash: string;
}

export interface ProfileChange {
  displayName?: string | undefined;
  avatar?: string | undefined;
  about?: string | undefined;
}

export interface UserStore {
  find: (id: UserId) => Promise<Account | undefined>;
  /** By handle or e-mail address, without regard to case. */
  findByLogin: (login: string) => Promise<Account | undefined>;
  editProfile: (id: UserId, change: ProfileChange) => Promise<OwnUser | undefined>;
}

export function createUserStore({ kysely }: Pick<Database, 'kysely'>): UserStore {
  return {
    find: async (id) =>
      toAccount(await selectAccounts(kysely).where('users.id', '=', id).executeTakeFirst()),
    findByLogin: async (login) => {
      const wanted = login.toLowerCase();
      // A handle holds no "@" and an address does, so at most one row matches.
      const column = wanted.includes('@') ? sql<string>`lower(users.email)` : 'users.handle';
      return toAccount(await selectAccounts(kysely).where(column, '=', wanted).executeTakeFirst());
    },
    editProfile: async (id, { displayName, avatar, about }) => {
      const row = await kysely
        .updateTable('users')
        .set((eb) => ({
          display_name: displayName ?? eb.ref('display_name'),
          avatar: avatar ?? eb.ref('avatar'),
          about: about ?? eb.ref('about'),
        }))
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst();
      return row && toOwnUser(row);
    },
  };
}

export type Taken = 'handle-taken' | 'email-taken';

export async function findTaken(
  tx: Transaction<Schema>,
  wanted: { handle: string; email: string },
): Promise<{ taken: Taken; id: UserId } | undefined> {
  const rows = await tx
    .selectFrom('users')
    .select(['id', 'handle'])
    .where((eb) =>
      eb.or([
        eb('handle', '=', wanted.handle),
        eb(sql<string>`lower(email)`, '=', wanted.email.toLowerCase()),
      ]),
    )
    .execute();
  const first = rows.find(({ handle }) => handle === wanted.handle) ?? rows[0];
  if (first === undefined) return undefined;
  return { taken: first.handle === wanted.handle ? 'handle-taken' : 'email-taken', id: first.id };
}

/** The first account of a server is its administrator. */
export async function insertUser(tx: Transaction<Schema>, user: NewUser): Promise<OwnUser> {
  const anyone = await tx.selectFrom('users').select('id').limit(1).executeTakeFirst();
  const row = await tx
    .insertInto('users')
    .values({
      id: user.id,
      handle: user.handle,
      email: user.email,
      display_name: user.displayName,
      avatar: user.avatar,
      role: anyone === undefined ? 'admin' : 'member',
      created_at: user.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await tx
    .insertInto('credentials')
    .values({ user_id: user.id, password_hash: user.passwordHash, changed_at: user.now })
    .execute();
  return toOwnUser(row);
}

export async function setPasswordHash(
  db: Kysely<Schema>,
  userId: UserId,
  change: { passwordHash: string; now: EpochMs },
): Promise<void> {
  await db
    .updateTable('credentials')
    .set({ password_hash: change.passwordHash, changed_at: change.now })
    .where('user_id', '=', userId)
    .execute();
}

function selectAccounts(kysely: Kysely<Schema>) {
  return kysely
    .selectFrom('users')
    .innerJoin('credentials', 'credentials.user_id', 'users.id')
    .selectAll('users')
    .select('credentials.password_hash');
}

type UserRow = Selectable<Schema['users']>;

function toAccount(row: (UserRow & { password_hash: string }) | undefined): Account | undefined {
  return (
    row && {
      user: toOwnUser(row),
      suspended: row.suspended_at !== null,
      passwordHash: row.password_hash,
    }
  );
}

function toOwnUser(row: UserRow): OwnUser {
  return {
    id: row.id,
    handle: row.handle,
    email: row.email,
    emailVerified: row.email_verified_at !== null,
    displayName: row.display_name,
    avatar: row.avatar,
    about: row.about,
    role: row.role,
    createdAt: row.created_at,
  };
}
