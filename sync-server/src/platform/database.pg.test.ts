import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDatabase } from '../../test/database.ts';
import { inTransaction, type Database } from './database.ts';

let db: Database;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

test('T35 an int8 is a number through every handle, 53 bits of it', async () => {
  const text = 'select 9007199254740991::int8 as id';
  const largest = [{ id: Number.MAX_SAFE_INTEGER }];
  expect(await db.commits.query('largest', text, [])).toEqual(largest);
  expect((await db.jobs.executeSql(text)).rows).toEqual(largest);
  const viaRaw = (query: typeof db.raw) =>
    (query.query as (sql: string) => Promise<{ rows: unknown[] }>).call(query, text);
  expect((await viaRaw(db.raw)).rows).toEqual(largest);
});

test('T35 a list of int8 is a list of numbers', async () => {
  const text = `select '{1,9007199254740991}'::int8[] as some, '{}'::int8[] as none`;
  expect((await db.jobs.executeSql(text)).rows).toEqual([
    { some: [1, Number.MAX_SAFE_INTEGER], none: [] },
  ]);
});

test('waiting for a connection, however long, is no transaction that takes too long', async () => {
  const longerThanTheDeadline = async () => {
    await new Promise((resolve) => setTimeout(resolve, 5_300));
  };
  const holders = Array.from({ length: 10 }, () =>
    db.kysely.connection().execute(longerThanTheDeadline),
  );
  const work = inTransaction(db, (tx) => tx.selectFrom('settings').select('name').execute());
  await Promise.all(holders);
  expect(await work).not.toEqual([]);
});

test('a transaction that throws leaves nothing behind', async () => {
  const work = inTransaction(db, async (tx) => {
    await tx.insertInto('settings').values({ name: 'left', value: '1' }).execute();
    throw new Error('half way');
  });
  await expect(work).rejects.toThrow('half way');
  const rows = await db.kysely
    .selectFrom('settings')
    .select('name')
    .where('name', '=', 'left')
    .execute();
  expect(rows).toEqual([]);
});
