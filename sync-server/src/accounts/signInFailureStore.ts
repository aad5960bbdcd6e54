import type { EpochMs } from '@skerry/protocol/ids.ts';
import type { Database } from '../platform/database.ts';

export interface SignInFailureStore {
  add: (failure: { login: string; address: string; at: EpochMs }) => Promise<void>;
  /** Times of the failures after `since`, latest first, at most `limit`. */
  latest: (of: {
    login: string;
    address: string;
    since: EpochMs;
    limit: number;
  }) => Promise<EpochMs[]>;
  clear: (of: { login: string; address: string }) => Promise<void>;
  deleteBefore: (time: EpochMs) => Promise<void>;
}

export function createSignInFailureStore({ kysely }: Pick<Database, 'kysely'>): SignInFailureStore {
  return {
    add: async (failure) => {
      await kysely.insertInto('sign_in_failures').values(failure).execute();
    },
    latest: async ({ login, address, since, limit }) => {
      const rows = await kysely
        .selectFrom('sign_in_failures')
        .select('at')
        .where('login', '=', login)
        .where('address', '=', address)
        .where('at', '>', since)
        .orderBy('at', 'desc')
        .limit(limit)
        .execute();
      return rows.map(({ at }) => at);
    },
    clear: async ({ login, address }) => {
      await kysely
        .deleteFrom('sign_in_failures')
        .where('login', '=', login)
        .where('address', '=', address)
        .execute();
    },
    deleteBefore: async (time) => {
      await kysely.deleteFrom('sign_in_failures').where('at', '<', time).execute();
    },
  };
}
