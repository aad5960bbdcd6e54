import { sql, type Kysely } from 'kysely';

/** Apart from `users`: a commit that changed a row there could wait for a suspension that waits for the commit. */
export async function moveReceiptPreferences(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create table receipt_preferences (
    user_id uuid primary key references users on delete cascade,
    shares boolean not null
  )`,
  `insert into receipt_preferences select id, false from users where not shares_receipts`,
  `alter table users drop column shares_receipts`,
];
