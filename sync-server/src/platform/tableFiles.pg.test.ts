import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDatabase } from '../../test/database.ts';
import { inTransaction, type Database } from './database.ts';
import { rewriteTables } from './tableFiles.ts';

let db: Database;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

function epoch() {
  return db.kysely.selectFrom('settings').select('value').where('name', '=', 'epoch').execute();
}

test('L13 a table that is written anew holds what it held', async () => {
  const before = await epoch();
  await rewriteTables(db, ['settings', 'updates']);
  expect(await epoch()).toEqual(before);
});

test('L13 a table that somebody goes on reading is left alone, so that nobody waits for it', async () => {
  // The embedded database has one connection: nobody else reads.
  if (db.kind === 'pglite') return;
  await inTransaction(db, async (tx) => {
    await tx.selectFrom('settings').select('name').execute();
    await expect(rewriteTables(db, ['settings'])).rejects.toThrow('lock timeout');
  });
  const { rows } = await sql`show lock_timeout`.execute(db.kysely);
  expect(rows).toEqual([{ lock_timeout: '0' }]);
});

test('L13 the catalogue takes no samples of what people write, and bytes are stored as they are', async () => {
  const { rows } = await sql`
    select attname, attstattarget, attstorage from pg_attribute
    where (attrelid, attname) in (('messages'::regclass, 'text'), ('updates'::regclass, 'data'),
      ('documents'::regclass, 'snapshot')) order by attname`.execute(db.kysely);
  expect(rows).toEqual([
    { attname: 'data', attstattarget: 0, attstorage: 'e' },
    { attname: 'snapshot', attstattarget: 0, attstorage: 'e' },
    { attname: 'text', attstattarget: 0, attstorage: 'x' },
  ]);
});
