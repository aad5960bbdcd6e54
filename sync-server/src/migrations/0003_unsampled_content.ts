import { sql, type Kysely } from 'kysely';

/**
 * ANALYZE keeps samples of what columns hold in `pg_statistic`, where no erasure reaches: not of these.
 * Setting the type they have drops the samples that were taken.
 */
export async function stopSamplingContent(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `alter table messages alter column text type text`,
  `alter table messages alter column text set statistics 0`,
  // A type brings its way of storing with it.
  `alter table updates alter column data type bytea`,
  `alter table updates alter column data set storage external`,
  `alter table updates alter column data set statistics 0`,
  `alter table documents alter column snapshot type bytea`,
  `alter table documents alter column snapshot set storage external`,
  `alter table documents alter column snapshot set statistics 0`,
];
