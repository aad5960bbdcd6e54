import type { EpochMs, UserId } from '@skerry/protocol/ids.ts';
import type { Database } from '../platform/database.ts';
import type { HostileRule } from './gate/verdict.ts';

export interface Offence {
  at: EpochMs;
  actorId: UserId;
  action: 'sync.hostile' | 'sync.rebuild';
  documentName: string;
  rule: HostileRule;
  /** Size of the update; its content is never kept. */
  bytes: number;
  address: string;
}

/** Where hostile updates are written down. */
export interface OffenceLog {
  record: (offence: Offence) => Promise<void>;
}

export function createOffenceLog(db: Pick<Database, 'kysely'>): OffenceLog {
  return {
    record: async ({ at, actorId, action, documentName, rule, bytes, address }) => {
      await db.kysely
        .insertInto('audit')
        .values({
          at,
          actor_id: actorId,
          action,
          target: documentName,
          reason: rule,
          details: JSON.stringify({ bytes }),
          address,
        })
        .execute();
    },
  };
}
