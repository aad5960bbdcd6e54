import type { RoomView } from '@skerry/protocol/api/rooms.ts';
import type { EpochMs, RoomId, UserId } from '@skerry/protocol/ids.ts';
import type { RoomKind } from '@skerry/protocol/room/roomDoc.ts';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Database } from '../platform/database.ts';
import type { Schema } from '../platform/schema.ts';

/** Setting that names the room which sign-up joins; it keeps meaning that room when it is renamed. */
export const WELCOME_ROOM = 'welcome_room';

export interface NewRoom {
  id: RoomId;
  kind: RoomKind;
  name: string;
  topic: string;
  createdBy: UserId | null;
  now: EpochMs;
}

export interface RoomStore {
  /** Public rooms and the ones of that person, by name. Archived ones only for members. */
  list: (userId: UserId) => Promise<RoomView[]>;
  /** Undefined also for a room whose existence that person may not know. */
  find: (roomId: RoomId, userId: UserId) => Promise<RoomView | undefined>;
}

export function createRoomStore({ kysely }: Pick<Database, 'kysely'>): RoomStore {
  return {
    list: async (userId) => {
      const rows = await selectVisible(kysely, userId)
        .where((eb) =>
          eb.or([eb('rooms.archived_at', 'is', null), eb('mine.role', 'is not', null)]),
        )
        .orderBy(sql`lower(rooms.name)`)
        .orderBy('rooms.id')
        .execute();
      return rows.map(toView);
    },
    find: async (roomId, userId) => {
      const row = await selectVisible(kysely, userId)
        .where('rooms.id', '=', roomId)
        .executeTakeFirst();
      return row && toView(row);
    },
  };
}

export async function insertRoom(tx: Transaction<Schema>, room: NewRoom): Promise<void> {
  await tx
    .insertInto('rooms')
    .values({
      id: room.id,
      kind: room.kind,
      name: room.name,
      topic: room.topic,
      settings: '{}',
      created_by: room.createdBy,
      created_at: room.now,
    })
    .execute();
}

/** Locked until the commit, so that two changes of one room's memberships see each other. */
export async function lockRoom(
  tx: Transaction<Schema>,
  roomId: RoomId,
): Promise<{ kind: RoomKind; createdBy: UserId | null; archived: boolean } | undefined> {
  const row = await tx
    .selectFrom('rooms')
    .select(['kind', 'created_by', 'archived_at'])
    .where('id', '=', roomId)
    // A first read mark of somebody takes a key share of these rows while it holds a page: no cycle then.
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row && { kind: row.kind, createdBy: row.created_by, archived: row.archived_at !== null };
}

/** Public room names are unique without case. */
export async function findPublicRoomNamed(
  db: Kysely<Schema>,
  name: string,
): Promise<RoomId | undefined> {
  const row = await db
    .selectFrom('rooms')
    .select('id')
    .where('kind', '=', 'public')
    .where(sql<string>`lower(name)`, '=', name.toLowerCase())
    .executeTakeFirst();
  return row?.id;
}

export async function hasRooms(db: Kysely<Schema>): Promise<boolean> {
  return (await db.selectFrom('rooms').select('id').limit(1).executeTakeFirst()) !== undefined;
}

/** Undefined when the room is gone, archived or no longer public. */
export async function findWelcomeRoom(db: Kysely<Schema>): Promise<RoomId | undefined> {
  const row = await db
    .selectFrom('rooms')
    .innerJoin('settings', (join) =>
      join.on('settings.name', '=', WELCOME_ROOM).on(sql`settings.value`, '=', sql`rooms.id::text`),
    )
    .select('rooms.id')
    .where('rooms.kind', '=', 'public')
    .where('rooms.archived_at', 'is', null)
    .executeTakeFirst();
  return row?.id;
}

function selectVisible(kysely: Kysely<Schema>, userId: UserId) {
  return kysely
    .selectFrom('rooms')
    .leftJoin('memberships as mine', (join) =>
      join.onRef('mine.room_id', '=', 'rooms.id').on('mine.user_id', '=', userId),
    )
    .select((eb) => [
      'rooms.id',
      'rooms.name',
      'rooms.topic',
      'rooms.kind',
      'rooms.head',
      'mine.role',
      eb
        .selectFrom('memberships')
        .whereRef('memberships.room_id', '=', 'rooms.id')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .as('members'),
    ])
    .where((eb) => eb.or([eb('rooms.kind', '=', 'public'), eb('mine.role', 'is not', null)]));
}

type VisibleRow = Awaited<ReturnType<ReturnType<typeof selectVisible>['execute']>>[number];

function toView({ role, members, ...row }: VisibleRow): RoomView {
  return {
    ...row,
    joined: role !== null,
    ...(role !== null && { role }),
    members: members ?? 0,
  };
}
