import type { EpochMs, RoomId, UserId } from '@skerry/protocol/ids.ts';
import type { RoomRole } from '@skerry/protocol/room/roomDoc.ts';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Database } from '../platform/database.ts';
import type { Schema } from '../platform/schema.ts';

export interface Membership {
  roomId: RoomId;
  userId: UserId;
  role: RoomRole;
  joinedAt: EpochMs;
}

export interface ListedMember {
  id: UserId;
  handle: string;
  displayName: string;
  avatar: string;
  role: RoomRole;
  joinedAt: EpochMs;
}

export interface MembershipStore {
  roomsOf: (userId: UserId) => Promise<RoomId[]>;
  /** In order of joining, from after the given member. */
  list: (of: {
    roomId: RoomId;
    after: { joinedAt: EpochMs; id: UserId } | undefined;
    limit: number;
  }) => Promise<ListedMember[]>;
}

export function createMembershipStore({ kysely }: Pick<Database, 'kysely'>): MembershipStore {
  return {
    roomsOf: async (userId) => {
      const rows = await kysely
        .selectFrom('memberships')
        .select('room_id')
        .where('user_id', '=', userId)
        .execute();
      return rows.map((row) => row.room_id);
    },
    list: async ({ roomId, after, limit }) => {
      const rows = await kysely
        .selectFrom('memberships')
        .innerJoin('users', 'users.id', 'memberships.user_id')
        .select([
          'users.id',
          'users.handle',
          'users.display_name as displayName',
          'users.avatar',
          'memberships.role',
          'memberships.joined_at as joinedAt',
        ])
        .where('memberships.room_id', '=', roomId)
        .$if(after !== undefined, (query) =>
          query.where(
            sql<boolean>`(memberships.joined_at, memberships.user_id) > (${after?.joinedAt}::bigint, ${after?.id}::uuid)`,
          ),
        )
        .orderBy('memberships.joined_at')
        .orderBy('memberships.user_id')
        .limit(limit)
        .execute();
      return rows;
    },
  };
}

/** What the room holds by now counts as read. Returns whether it is new. */
export async function insertMembership(
  tx: Transaction<Schema>,
  { roomId, userId, role, joinedAt }: Membership,
): Promise<boolean> {
  const row = await tx
    .insertInto('memberships')
    .values({
      ...{ room_id: roomId, user_id: userId, role, joined_at: joinedAt },
      since: sql`coalesce((select max(g.number) from messages g where g.room_id = ${roomId}), 0)`,
    })
    .onConflict((on) => on.columns(['room_id', 'user_id']).doNothing())
    .returning('user_id')
    .executeTakeFirst();
  return row !== undefined;
}

export async function findRole(
  db: Kysely<Schema>,
  roomId: RoomId,
  userId: UserId,
): Promise<RoomRole | undefined> {
  const row = await db
    .selectFrom('memberships')
    .select('role')
    .where('room_id', '=', roomId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row?.role;
}

export async function deleteMembership(
  tx: Transaction<Schema>,
  roomId: RoomId,
  userId: UserId,
): Promise<void> {
  await tx
    .deleteFrom('memberships')
    .where('room_id', '=', roomId)
    .where('user_id', '=', userId)
    .execute();
}

/** Moderators before members, the longest-standing first; guests never. Undefined if an owner is left. */
export async function findHeir(
  tx: Transaction<Schema>,
  roomId: RoomId,
): Promise<UserId | undefined> {
  const first = await tx
    .selectFrom('memberships')
    .select(['user_id', 'role'])
    .where('room_id', '=', roomId)
    .where('role', '!=', 'guest')
    .orderBy(sql`array_position(array['owner', 'moderator', 'member'], role)`)
    .orderBy('joined_at')
    .orderBy('user_id')
    .limit(1)
    .executeTakeFirst();
  return first?.role === 'owner' ? undefined : first?.user_id;
}

export async function setRole(
  tx: Transaction<Schema>,
  { roomId, userId, role }: Omit<Membership, 'joinedAt'>,
): Promise<void> {
  await tx
    .updateTable('memberships')
    .set({ role })
    .where('room_id', '=', roomId)
    .where('user_id', '=', userId)
    .execute();
}
