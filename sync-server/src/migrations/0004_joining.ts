import { sql, type Kysely } from 'kysely';

/** What was said before a person joined counts as read; mentions are found by their message. */
export async function rememberJoining(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // The room's last arrival number at that moment.
  `alter table memberships add column since bigint not null default 0`,
  // A redaction takes the mentions of a message away, whoever was mentioned.
  `create index mentions_message on mentions (room_id, number)`,
];
