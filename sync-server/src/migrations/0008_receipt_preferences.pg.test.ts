import { sql, type Kysely } from 'kysely';
import { expect, test } from 'vitest';
import { openTestDatabase } from '../../test/database.ts';
import { insertPerson } from '../../test/rows.ts';
import { moveReceiptPreferences } from './0008_receipt_preferences.ts';

test('U4 whoever shared no receipts shares none after the move', async () => {
  const db = await openTestDatabase();
  try {
    const [ann] = [await insertPerson(db, 'Ann'), await insertPerson(db, 'Bo')];
    for (const before of [
      sql`drop table receipt_preferences`,
      sql`alter table users add column shares_receipts boolean not null default true`,
      sql`update users set shares_receipts = false where id = ${ann}`,
    ])
      await before.execute(db.kysely);
    await moveReceiptPreferences(db.kysely as unknown as Kysely<unknown>);
    expect(await db.kysely.selectFrom('receipt_preferences').selectAll().execute()).toEqual([
      { user_id: ann, shares: false },
    ]);
  } finally {
    await db.close();
  }
});
