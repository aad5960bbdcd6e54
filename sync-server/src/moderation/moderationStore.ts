import type { EpochMs, RoomId, UserId } from '@skerry/protocol/ids.ts';
import type { RoomKind, RoomRole } from '@skerry/protocol/room/roomDoc.ts';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Schema } from '../platform/schema.ts';

interface Actor {
  isAdmin: boolean;
  /** Undefined: no such room, or none was named. */
  room: { kind: RoomKind; role: RoomRole | null } | undefined;
}

/** Undefined: no such account, or it is suspended. */
export async function findActor(
  db: Kysely<Schema>,
  actorId: UserId,
  roomId?: RoomId,
): Promise<Actor | undefined> {
  const row = await db
    .selectFrom('users')
    .leftJoin('rooms', (join) => join.on(sql<boolean>`rooms.id = ${roomId ?? null}::uuid`))
    .leftJoin('memberships', (join) =>
      join
        .onRef('memberships.user_id', '=', 'users.id')
        .onRef('memberships.room_id', '=', 'rooms.id'),
    )
    .select(['users.role as account', 'rooms.kind', 'memberships.role'])
    .where('users.id', '=', actorId)
    .where('users.suspended_at', 'is', null)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { account, kind, role } = row;
  return { isAdmin: account === 'admin', room: kind === null ? undefined : { kind, role } };
}

export async function countOwners(tx: Transaction<Schema>, roomId: RoomId): Promise<number> {
  const { owners } = await tx
    .selectFrom('memberships')
    .select(({ fn }) => fn.countAll<number>().as('owners'))
    .where('room_id', '=', roomId)
    .where('role', '=', 'owner')
    .executeTakeFirstOrThrow();
  return owners;
}

/** Locked until the commit, so that two who suspend each other see it. */
export async function lockAdmins(tx: Transaction<Schema>): Promise<Set<UserId>> {
  const rows = await tx
    .selectFrom('users')
    .select('id')
    .where('role', '=', 'admin')
    .where('suspended_at', 'is', null)
    .orderBy('id')
    // A first read mark of somebody takes a key share of these rows while it holds a page: no cycle then.
    .forNoKeyUpdate()
    .execute();
  return new Set(rows.map(({ id }) => id));
}

export async function insertAudit(
  tx: Transaction<Schema>,
  row: {
    at: EpochMs;
    actorId: UserId;
    action: 'member.removed' | 'account.suspended';
    target: UserId;
    reason: string;
    details: Record<string, unknown>;
  },
): Promise<void> {
  await tx
    .insertInto('audit')
    .values({
      at: row.at,
      actor_id: row.actorId,
      action: row.action,
      target: row.target,
      reason: row.reason,
      details: JSON.stringify(row.details),
    })
    .execute();
}
