import type { EpochMs, UserId } from '@skerry/protocol/ids.ts';
import type { Transaction } from 'kysely';
import type { Schema } from '../platform/schema.ts';

export async function setSuspended(
  tx: Transaction<Schema>,
  userId: UserId,
  now: EpochMs,
): Promise<'suspended-now' | 'suspended-before' | 'no-account'> {
  const row = await tx
    .selectFrom('users')
    .select('suspended_at')
    .where('id', '=', userId)
    // A first read mark of somebody takes a key share of these rows while it holds a page: no cycle then.
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (row === undefined) return 'no-account';
  if (row.suspended_at !== null) return 'suspended-before';
  await tx.updateTable('users').set({ suspended_at: now }).where('id', '=', userId).execute();
  return 'suspended-now';
}

export async function insertSuspension(
  tx: Transaction<Schema>,
  row: {
    id: string;
    userId: UserId;
    by: UserId;
    reason: string;
    now: EpochMs;
    endsAt: EpochMs | undefined;
  },
): Promise<void> {
  await tx
    .insertInto('sanctions')
    .values({
      id: row.id,
      user_id: row.userId,
      room_id: null,
      kind: 'ban',
      reason: row.reason,
      by_id: row.by,
      created_at: row.now,
      ends_at: row.endsAt ?? null,
    })
    .execute();
}

/** Gives an account back whose suspension had an end that has passed; whether it did. */
export async function clearEndedSuspension(
  tx: Transaction<Schema>,
  userId: UserId,
  now: EpochMs,
): Promise<boolean> {
  const row = await tx
    .updateTable('users')
    .set({ suspended_at: null })
    .where('id', '=', userId)
    .where('suspended_at', 'is not', null)
    // The one that holds is the one that began with it.
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('sanctions')
          .select('sanctions.id')
          .whereRef('sanctions.user_id', '=', 'users.id')
          .whereRef('sanctions.created_at', '=', 'users.suspended_at')
          .where('sanctions.room_id', 'is', null)
          .where('sanctions.kind', '=', 'ban')
          .where('sanctions.ends_at', '<=', now),
      ),
    )
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}
