import type { RoomId, UserId } from '@skerry/protocol/ids.ts';
import type { RoomKind, RoomRole } from '@skerry/protocol/room/roomDoc.ts';
import { sql, type Kysely } from 'kysely';
import type { Database } from '../platform/database.ts';
import type { Schema } from '../platform/schema.ts';
import type { Standing } from './gate/verdict.ts';

/** What the room and some of its members may do now. */
export interface RoomStandings {
  room: { locked: boolean; archived: boolean };
  /** Members only. */
  standings: Map<UserId, Standing>;
}

/** Where a lane asks who may write. */
export interface RoomAccess {
  loadStandings: (roomId: RoomId, userIds: readonly UserId[]) => Promise<RoomStandings>;
}

export interface MemberRow {
  kind: RoomKind;
  head: number;
  /** Null: not a member. */
  role: RoomRole | null;
}

export interface AccessStore extends RoomAccess {
  /** Undefined: there is no such room. */
  findMember: (roomId: RoomId, userId: UserId) => Promise<MemberRow | undefined>;
  /** Number of the room's head page. Undefined: there is no such room. */
  findHead: (roomId: RoomId) => Promise<number | undefined>;
  /** Of these pairs, those that are memberships of accounts that are not suspended, as `<roomId>/<userId>`. */
  findMemberships: (pairs: readonly { roomId: RoomId; userId: UserId }[]) => Promise<Set<string>>;
  /** Of these accounts, those that are suspended or gone. */
  findBarred: (userIds: readonly UserId[]) => Promise<Set<UserId>>;
  /** Of these sessions, those that have ended. */
  findEnded: (sessionIds: readonly string[], now: Date) => Promise<Set<string>>;
}

type Handle = Pick<Database, 'kysely'>;

export function createAccessStore(db: Handle): AccessStore {
  return {
    loadStandings: (roomId, userIds) => loadStandings(db, roomId, userIds),
    findMember: (roomId, userId) =>
      db.kysely
        .selectFrom('rooms')
        .leftJoin('memberships', (join) =>
          join.onRef('memberships.room_id', '=', 'rooms.id').on('memberships.user_id', '=', userId),
        )
        .select(['rooms.kind', 'rooms.head', 'memberships.role'])
        .where('rooms.id', '=', roomId)
        .executeTakeFirst(),
    findHead: async (roomId) => {
      const room = await db.kysely
        .selectFrom('rooms')
        .select('head')
        .where('id', '=', roomId)
        .executeTakeFirst();
      return room?.head;
    },
    findMemberships: (pairs) => findMemberships(db, pairs),
    findBarred: (userIds) => findBarred(db, userIds),
    findEnded: (sessionIds, now) => findEnded(db, sessionIds, now),
  };
}

interface StandingRow {
  locked: boolean;
  archived_at: number | null;
  user_id: UserId | null;
  role: RoomRole | null;
  display_name: string | null;
  avatar: string | null;
}

async function loadStandings(
  { kysely }: Handle,
  roomId: RoomId,
  userIds: readonly UserId[],
): Promise<RoomStandings> {
  const { rows } = await sql<StandingRow>`
    select r.locked, r.archived_at, u.id as user_id, m.role, u.display_name, u.avatar
    from rooms r
    left join memberships m on m.room_id = r.id and m.user_id = any(${userIds}::uuid[])
    left join users u on u.id = m.user_id and u.suspended_at is null
    where r.id = ${roomId}`.execute(kysely);
  const standings = new Map<UserId, Standing>();
  for (const { user_id, role, display_name, avatar } of rows) {
    if (user_id === null || role === null || display_name === null || avatar === null) continue;
    standings.set(user_id, { role, name: display_name, avatar });
  }
  const [room] = rows;
  return {
    room: {
      locked: room?.locked ?? true,
      archived: room?.archived_at !== null,
    },
    standings,
  };
}

async function findMemberships(
  { kysely }: Handle,
  pairs: readonly { roomId: RoomId; userId: UserId }[],
): Promise<Set<string>> {
  if (pairs.length === 0) return new Set();
  const rooms = [...new Set(pairs.map(({ roomId }) => roomId))];
  const users = [...new Set(pairs.map(({ userId }) => userId))];
  const rows = await kysely
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select(['memberships.room_id', 'memberships.user_id'])
    .where('memberships.room_id', 'in', rooms)
    .where('memberships.user_id', 'in', users)
    .where('users.suspended_at', 'is', null)
    .execute();
  return new Set(rows.map((row) => `${row.room_id}/${row.user_id}`));
}

async function findBarred({ kysely }: Handle, userIds: readonly UserId[]): Promise<Set<UserId>> {
  if (userIds.length === 0) return new Set();
  const rows = await kysely
    .selectFrom('users')
    .select('id')
    .where('id', 'in', [...userIds])
    .where('suspended_at', 'is', null)
    .execute();
  const good = new Set(rows.map(({ id }) => id));
  return new Set(userIds.filter((id) => !good.has(id)));
}

async function findEnded(
  { kysely }: Handle,
  sessionIds: readonly string[],
  now: Date,
): Promise<Set<string>> {
  if (sessionIds.length === 0) return new Set();
  const rows = await kysely
    .selectFrom('sessions')
    .select('id')
    .where('id', 'in', [...sessionIds])
    .where('expires_at', '>', now)
    .execute();
  const alive = new Set(rows.map(({ id }) => id));
  return new Set(sessionIds.filter((id) => !alive.has(id)));
}

/**
 * Outdates every verdict that was reached before the commit of the transaction it is called in: what may not
 * be written any more is not written, even if the process dies next. After every other lock of the
 * transaction: the rows are locked in name order, as the commit statement locks them.
 */
export async function bumpRules(
  kysely: Kysely<Schema>,
  { roomId, userId }: { roomId?: RoomId; userId?: UserId },
): Promise<void> {
  const rooms =
    roomId === undefined
      ? sql`d.room_id in (select m.room_id from memberships m where m.user_id = ${userId})`
      : sql`d.room_id = ${roomId}`;
  await sql`
    with page as (
      select d.name from documents d where d.page is not null and ${rooms} order by d.name for update
    )
    update documents set rules = rules + 1 from page where documents.name = page.name`.execute(
    kysely,
  );
}
