import { sql, type Kysely } from 'kysely';

/** The document says which clock a client id has; a second record of it cost two row versions a message. */
export async function dropClientClocks(db: Kysely<unknown>): Promise<void> {
  await sql`alter table document_clients drop column next_clock`.execute(db);
}
