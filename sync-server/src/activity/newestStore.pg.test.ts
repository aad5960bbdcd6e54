import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDatabase } from '../../test/database.ts';
import { insertPerson, insertRoom } from '../../test/rows.ts';
import type { Database } from '../platform/database.ts';
import { createNewestStore } from './newestStore.ts';

let db: Database;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

/** A room with one message that has words, and so many after it that have none. */
async function roomWithWordsUnder(count: number) {
  const ann = await insertPerson(db, 'Ann');
  const room = await insertRoom(db, [ann]);
  await sql`insert into messages (room_id, id, page, author, number, written, arrived, text, deleted)
    select ${room}::uuid, gen_random_uuid(), 0, ${ann}::uuid, n, 1, 1,
      case when n = 1 then 'words' end, n > 1
    from generate_series(1, ${count}::int + 1) n`.execute(db.kysely);
  return room;
}

test('A5 the newest words of a room are looked for among its last 5,000 messages', async () => {
  const rooms = [await roomWithWordsUnder(4_999), await roomWithWordsUnder(5_000)];
  const found = await createNewestStore(db).findNewest(rooms);
  expect(found.map(({ last, preview }) => [last, preview?.text])).toEqual([
    [5_000, 'words'],
    [5_001, undefined],
  ]);
});
