import type { EpochMs } from '@skerry/protocol/ids.ts';
import type { Database } from '../platform/database.ts';

export interface KeyUse {
  /** User id, or `address:<ip>` for a request without a session. */
  owner: string;
  key: string;
  route: string;
  bodyHash: string;
}

export type Reservation =
  | { kind: 'reserved'; operationId: string }
  | { kind: 'answered'; status: number; answer: string }
  | { kind: 'in-flight' }
  | { kind: 'key-reused' };

export interface IdempotencyStore {
  /** Takes the key for this request; one taken before `staleBefore` and never answered is taken over. */
  reserve: (
    use: KeyUse,
    at: { operationId: string; now: EpochMs; staleBefore: EpochMs },
  ) => Promise<Reservation>;
  answer: (use: KeyUse, given: { status: number; answer: string }) => Promise<void>;
  /** The request did nothing: the key may be used again. */
  release: (use: KeyUse) => Promise<void>;
  /** The request broke: the next one with this key takes it over. */
  reopen: (use: KeyUse, startedAt: EpochMs) => Promise<void>;
  deleteBefore: (time: EpochMs) => Promise<void>;
}

export function createIdempotencyStore({ kysely }: Pick<Database, 'kysely'>): IdempotencyStore {
  return {
    reserve: async (use, { operationId, now, staleBefore }) => {
      const taken = await kysely
        .insertInto('idempotency_keys')
        .values({
          owner: use.owner,
          key: use.key,
          route: use.route,
          body_hash: use.bodyHash,
          operation_id: operationId,
          created_at: now,
        })
        .onConflict((on) =>
          on
            .columns(['owner', 'key'])
            .doUpdateSet({ created_at: now })
            .where('idempotency_keys.status', 'is', null)
            .where('idempotency_keys.route', '=', use.route)
            .where('idempotency_keys.body_hash', '=', use.bodyHash)
            .where('idempotency_keys.created_at', '<', staleBefore),
        )
        .returning('operation_id')
        .executeTakeFirst();
      if (taken !== undefined) return { kind: 'reserved', operationId: taken.operation_id };

      const row = await kysely
        .selectFrom('idempotency_keys')
        .select(['route', 'body_hash', 'status', 'answer'])
        .where('owner', '=', use.owner)
        .where('key', '=', use.key)
        .executeTakeFirst();
      // Gone between the two statements: its request has just been refused, so trying again is right.
      if (row === undefined) return { kind: 'in-flight' };
      if (row.route !== use.route || row.body_hash !== use.bodyHash) return { kind: 'key-reused' };
      if (row.status === null) return { kind: 'in-flight' };
      return { kind: 'answered', status: row.status, answer: row.answer ?? '' };
    },
    answer: async (use, { status, answer }) => {
      await kysely
        .updateTable('idempotency_keys')
        .set({ status, answer })
        .where('owner', '=', use.owner)
        .where('key', '=', use.key)
        .execute();
    },
    release: async (use) => {
      await kysely
        .deleteFrom('idempotency_keys')
        .where('owner', '=', use.owner)
        .where('key', '=', use.key)
        .where('status', 'is', null)
        .execute();
    },
    reopen: async (use, startedAt) => {
      await kysely
        .updateTable('idempotency_keys')
        .set({ created_at: startedAt })
        .where('owner', '=', use.owner)
        .where('key', '=', use.key)
        .execute();
    },
    deleteBefore: async (time) => {
      await kysely.deleteFrom('idempotency_keys').where('created_at', '<', time).execute();
    },
  };
}
