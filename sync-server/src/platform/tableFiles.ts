import { sql } from 'kysely';
import type { Database } from './database.ts';

/**
 * Longest wait for a table that somebody reads: everybody else waits behind this one meanwhile. Shorter than
 * what a commit of messages waits before it gives up.
 */
const LOCK_DEADLINE_MS = 2_000;

/**
 * Writes tables anew, so that their files hold nothing but their rows: PostgreSQL keeps the bytes of deleted
 * rows, also past an ordinary VACUUM. Nobody can use a table meanwhile. Throws when a table is not free, after
 * a backup or a long query has been given a moment to end.
 */
export async function rewriteTables(
  { kysely }: Pick<Database, 'kysely'>,
  tables: readonly string[],
): Promise<void> {
  await kysely.connection().execute(async (connection) => {
    await sql.raw(`set lock_timeout = ${String(LOCK_DEADLINE_MS)}`).execute(connection);
    try {
      for (const table of tables) await sql`vacuum full ${sql.table(table)}`.execute(connection);
    } finally {
      await sql`reset lock_timeout`.execute(connection);
    }
  });
}
