import { sql, type Kysely } from 'kysely';
import type { Schema } from '../schema.ts';

type Handle = Kysely<Schema>;

export interface StoredMail {
  id: number;
  at: number;
  body: string;
}

// All times are the database's: the processes' clocks may differ.
const NOW = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`;

/** Milliseconds since 1970 by the database's clock. */
export async function readDatabaseTime(kysely: Handle): Promise<number> {
  const { rows } = await sql<{ now: number }>`select ${NOW} as now`.execute(kysely);
  return must(rows[0]).now;
}

export async function insertMail(kysely: Handle, node: string, body: string): Promise<void> {
  await sql`insert into node_messages (node, body, at) values (${node}, ${body}, ${NOW})`.execute(
    kysely,
  );
}

/** What others wrote after `since`, oldest first, and what time it is. */
export async function readMailSince(
  kysely: Handle,
  node: string,
  since: number,
): Promise<{ now: number; mail: StoredMail[] }> {
  const { rows } = await sql<{ now: number } & (StoredMail | { id: null })>`
    select clock.now, m.id, m.at, m.body from (select ${NOW} as now) clock
    left join node_messages m on m.at > ${since} and m.node <> ${node} order by m.id`.execute(
    kysely,
  );
  return { now: must(rows[0]).now, mail: rows.flatMap((row) => (row.id === null ? [] : [row])) };
}

export async function deleteMailBefore(kysely: Handle, at: number): Promise<void> {
  await kysely.deleteFrom('node_messages').where('at', '<', at).execute();
}

function must<T>(row: T | undefined): T {
  if (row === undefined) throw new Error('a statement that always answers did not');
  return row;
}
