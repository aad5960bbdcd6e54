import type { RoomId, UserId } from '@skerry/protocol/ids.ts';
import { MessageId, RoomId as RoomIdSchema, UserId as UserIdSchema } from '@skerry/protocol/ids.ts';
import { MAX_COUNTED_UNREAD } from '@skerry/protocol/limits.ts';
import {
  isUnread,
  parseReadMark,
  readSince,
  type ReadMark,
} from '@skerry/protocol/user/readMark.ts';
import * as fc from 'fast-check';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDatabase } from '../../test/database.ts';
import type { Database } from '../platform/database.ts';
import { countUnread, createUnreadStore, type UnreadStore } from './unreadStore.ts';

let db: Database;
let store: UnreadStore;
let me: UserId;
let other: UserId;
beforeAll(async () => {
  db = await openTestDatabase();
  store = createUnreadStore(db);
  [me, other] = [await insertPerson('me'), await insertPerson('other')];
});
afterAll(() => db.close());

interface Said {
  isMine: boolean;
  deleted: boolean;
  inThreadOnly: boolean;
  mentionsMe: boolean;
}

async function insertPerson(handle: string): Promise<UserId> {
  const id = UserIdSchema.parse(uuidv7());
  await db.kysely
    .insertInto('users')
    .values({
      ...{ id, handle, email: `${handle}@example.org`, display_name: handle, avatar: '1' },
      ...{ created_at: 1, email_verified_at: null, suspended_at: null },
    })
    .execute();
  return id;
}

async function insertRoom(isMember = true, since = 0): Promise<RoomId> {
  const id = RoomIdSchema.parse(uuidv7());
  await db.kysely
    .insertInto('rooms')
    .values({
      ...{ id, kind: 'private', name: id, archived_at: null, settings: '{}' },
      ...{ created_by: null, created_at: 1 },
    })
    .execute();
  if (isMember)
    await db.kysely
      .insertInto('memberships')
      .values({ room_id: id, user_id: me, role: 'member', joined_at: 1, since })
      .execute();
  return id;
}

async function say(roomId: RoomId, all: readonly Said[]): Promise<void> {
  if (all.length === 0) return;
  await db.kysely
    .insertInto('messages')
    .values(
      all.map(({ isMine, deleted, inThreadOnly }, index) => ({
        ...{ room_id: roomId, id: MessageId.parse(uuidv7()), page: 0, number: index + 1 },
        ...{ author: isMine ? me : other, written: 1, arrived: 1, edited_at: null, thread: null },
        ...{ text: deleted ? null : 'x', deleted, in_thread_only: inThreadOnly },
      })),
    )
    .execute();
  const mentions = all.flatMap(({ mentionsMe }, index) =>
    mentionsMe ? [{ user_id: me, room_id: roomId, number: index + 1 }] : [],
  );
  if (mentions.length > 0) await db.kysely.insertInto('mentions').values(mentions).execute();
}

async function mark(roomId: RoomId, { number, except = [] }: ReadMark): Promise<void> {
  await db.kysely
    .insertInto('read_marks')
    .values({ user_id: me, room_id: roomId, number, except_numbers: except })
    .execute();
}

/** Messages of another person, from SQL: 100,000 of them. */
async function sayMany(roomId: RoomId, count: number, author: UserId): Promise<void> {
  await sql`insert into messages (room_id, id, page, author, number, written, arrived, text)
    select ${roomId}::uuid, gen_random_uuid(), n / 512, ${author}::uuid, n, 1, 1, 'some words of a message'
    from generate_series(1, ${count}::int) n`.execute(db.kysely);
}

const message = fc.record({
  isMine: fc.boolean(),
  deleted: fc.boolean(),
  inThreadOnly: fc.boolean(),
  mentionsMe: fc.boolean(),
});
const readMark = fc
  .record({ number: fc.nat(14), except: fc.uniqueArray(fc.integer({ min: 1, max: 14 })) })
  .map(({ number, except }): ReadMark => {
    const kept = except.filter((each) => each <= number).sort((a, b) => a - b);
    return kept.length === 0 ? { number } : { number, except: kept };
  });
const room = fc.record({
  said: fc.array(message, { maxLength: 14 }),
  mark: fc.option(readMark, { nil: undefined }),
  since: fc.nat(14),
});

test('T20 B15 the database counts what `isUnread` counts, over any rooms and marks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(room, { minLength: 1, maxLength: 3 }), async (rooms) => {
      const expected = new Map<RoomId, unknown>();
      for (const { said, mark: made, since } of rooms) {
        const roomId = await insertRoom(true, since);
        await say(roomId, said);
        if (made !== undefined) await mark(roomId, made);
        const now = readSince(made ?? { number: 0 }, since);
        expect(parseReadMark(now)).toEqual(now);
        const open = said.filter(
          (each, index) =>
            isUnread(now, index + 1) && !each.isMine && !each.deleted && !each.inThreadOnly,
        );
        expected.set(roomId, {
          ...{ room: roomId, last: said.length, unread: open.length, mark: now },
          mentions: open.filter((each) => each.mentionsMe).length,
        });
      }
      const counted = await store.count(me, [...expected.keys()]);
      expect(new Map(counted.map((each) => [each.room, each]))).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

test('T20 nothing is said of rooms that I am not in, whatever I ask for', async () => {
  const [mine, foreign] = [await insertRoom(), await insertRoom(false)];
  await mark(foreign, { number: 1 });
  const asked = await store.count(me, [mine, foreign]);
  expect(asked.map((each) => each.room)).toEqual([mine]);
  const all = await store.count(me);
  expect(all.map((each) => each.room)).toContain(mine);
  expect(all.map((each) => each.room)).not.toContain(foreign);
});

test('T20 100,000 unread messages and 300 rooms: counting stops, and reads no table from end to end', async () => {
  const [big, own] = [await insertRoom(), await insertRoom()];
  await sayMany(big, 100_000, other);
  await sayMany(own, 20_000, me);
  for (let i = 0; i < 300; i++) await sayMany(await insertRoom(), 20, other);
  await sql`analyze`.execute(db.kysely);
  const states = new Map((await store.count(me)).map((each) => [each.room, each]));
  expect(states.get(big)).toEqual({
    ...{ room: big, last: 100_000, unread: MAX_COUNTED_UNREAD, mentions: 0, mark: { number: 0 } },
  });
  expect(states.get(own)).toMatchObject({ last: 20_000, unread: 0 });
  const { rows } = await sql<{
    'QUERY PLAN': string;
  }>`explain ${countUnread(me, undefined)}`.execute(db.kysely);
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).not.toMatch(/Seq Scan on messages/);
  expect(plan).toMatch(/messages_number/);
});

test('T20 a long run of own messages is not read to its end', async () => {
  const roomId = await insertRoom();
  await sayMany(roomId, 100_000, me);
  await sql`update messages set author = ${other} where room_id = ${roomId}
    and number in (1, 99000, 99999)`.execute(db.kysely);
  await sql`analyze`.execute(db.kysely);
  expect((await store.count(me, [roomId]))[0]).toMatchObject({ last: 100_000, unread: 2 });
  const { rows } = await sql<{
    'QUERY PLAN': string;
  }>`explain (analyze, timing off) ${countUnread(me, [roomId])}`.execute(db.kysely);
  const read = rows.flatMap(
    (row) => /messages_number.* rows=(\d+)[. ]/.exec(row['QUERY PLAN'])?.[1] ?? [],
  );
  expect(read.map(Number).sort((a, b) => b - a)[0]).toBe(5_000);
});
