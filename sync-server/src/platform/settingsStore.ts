import type { Kysely, Transaction } from 'kysely';
import type { Schema } from './schema.ts';

/** Held until the commit by whatever happens once on a server: first account, first rooms. */
export async function lockServer(tx: Transaction<Schema>): Promise<void> {
  await tx.selectFrom('settings').select('name').where('name', '=', 'epoch').forUpdate().execute();
}

export async function setSetting(db: Kysely<Schema>, name: string, value: string): Promise<void> {
  await db
    .insertInto('settings')
    .values({ name, value })
    .onConflict((on) => on.column('name').doUpdateSet({ value }))
    .execute();
}

export async function readSetting(db: Kysely<Schema>, name: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('settings')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirst();
  return row?.value;
}
