import { sql, type Kysely } from 'kysely';

/** Everything that was said before a person joined counts as read. */
export async function rememberJoining(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // The room's last arrival number at that moment.
  `alter table memberships add column since bigint not null default 0`,
];
