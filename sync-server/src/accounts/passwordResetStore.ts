import type { EpochMs, UserId } from '@skerry/protocol/ids.ts';
import type { Kysely } from 'kysely';
import type { Schema } from '../platform/schema.ts';

/** A new link ends the ones before it. */
export async function insertReset(
  db: Kysely<Schema>,
  reset: { tokenHash: string; userId: UserId; expiresAt: EpochMs },
): Promise<void> {
  await db
    .deleteFrom('password_resets')
    .where('user_id', '=', reset.userId)
    .where('used_at', 'is', null)
    .execute();
  await db
    .insertInto('password_resets')
    .values({
      token_hash: reset.tokenHash,
      user_id: reset.userId,
      expires_at: reset.expiresAt,
    })
    .execute();
}

/** Marks the link used and returns whose it is; undefined when it is unknown, used or expired. */
export async function takeReset(
  db: Kysely<Schema>,
  tokenHash: string,
  now: EpochMs,
): Promise<UserId | undefined> {
  const row = await db
    .updateTable('password_resets')
    .set({ used_at: now })
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('user_id')
    .executeTakeFirst();
  return row?.user_id;
}

export async function findUsedReset(
  db: Kysely<Schema>,
  tokenHash: string,
): Promise<UserId | undefined> {
  const row = await db
    .selectFrom('password_resets')
    .select('user_id')
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is not', null)
    .executeTakeFirst();
  return row?.user_id;
}

export async function deleteResetsBefore(db: Kysely<Schema>, time: EpochMs): Promise<void> {
  await db.deleteFrom('password_resets').where('expires_at', '<', time).execute();
}
