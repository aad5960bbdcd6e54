import { sql, type Kysely } from 'kysely';

/** Replies are looked up before they are stored: they may quote what was erased. */
export async function findErasuresByMessage(db: Kysely<unknown>): Promise<void> {
  await sql`create index erasures_message on erasures (room_id, message_id)`.execute(db);
}
