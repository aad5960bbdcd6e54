import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect, PostgresDialect, type Transaction } from 'kysely';
import { Migrator } from 'kysely/migration';
import pg from 'pg';
import { fromPglite } from 'pg-boss';
import { migrations } from '../migrations/migrations.ts';
import { lockDirectory } from './directoryLock.ts';
import type { Schema } from './schema.ts';

/** Longest a transaction may stay open: on PGlite an open one blocks everybody. */
const TRANSACTION_DEADLINE_MS = 5_000;
const POOL_SIZE = 10;
/** Folder of a restored database that is complete and waits to take the place of `database`. */
export const RESTORED = 'database.restored';
const INT8_OID = 20;
const INT8_ARRAY_OID = 1016;

/**
 * One database, four ways in. Inside a transaction only that transaction's handle may be used: on PGlite
 * any other one waits for the transaction to end, for ever.
 */
export interface Database {
  kind: 'pglite' | 'postgres';
  /** Typed queries and transactions. */
  kysely: Kysely<Schema>;
  /** What the session adapter takes. */
  raw: pg.Pool | PGlite;
  /** What the job queue takes. */
  jobs: SqlExecutor;
  /** The update log's own connection, for its named statements. */
  commits: CommitConnection;
  close: () => Promise<void>;
}

export interface SqlExecutor {
  executeSql: (text: string, values?: unknown[]) => Promise<{ rows: unknown[] }>;
}

export interface CommitConnection {
  /** Runs a statement that is prepared once per connection under `name`. */
  query: <Row>(name: string, text: string, values: unknown[]) => Promise<Row[]>;
}

/** Opens PostgreSQL at `url`, or without one the embedded database in `dataDir`; brings it up to date. */
export async function openDatabase(at: {
  url?: string | undefined;
  dataDir: string;
}): Promise<Database> {
  const database = at.url === undefined ? await openEmbedded(at.dataDir) : openServer(at.url);
  try {
    await migrateToLatest(database.kysely);
  } catch (cause) {
    await database.close();
    throw new Error('the database could not be brought up to date', { cause });
  }
  return database;
}

/** A transaction that is rolled back when it takes longer than the deadline, once it has a connection. */
export async function inTransaction<T>(
  db: Pick<Database, 'kysely'>,
  work: (tx: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  return db.kysely.transaction().execute(async (tx) => {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`a transaction took longer than ${String(TRANSACTION_DEADLINE_MS)} ms`));
      }, TRANSACTION_DEADLINE_MS);
    });
    try {
      return await Promise.race([work(tx), deadline]);
    } finally {
      clearTimeout(timer);
    }
  });
}

async function openEmbedded(dataDir: string): Promise<Database> {
  mkdirSync(dataDir, { recursive: true });
  const unlock = await lockDirectory(dataDir);
  try {
    const path = join(dataDir, 'database');
    if (!existsSync(path) && existsSync(join(dataDir, RESTORED))) {
      renameSync(join(dataDir, RESTORED), path);
    }
    return embeddedDatabase(await PGlite.create(path), unlock);
  } catch (cause) {
    unlock();
    throw new Error(`the embedded database in ${dataDir} could not be opened`, { cause });
  }
}

/** Wraps an open PGlite; `release` runs after it has closed. */
export function embeddedDatabase(lite: PGlite, release: () => void = () => undefined): Database {
  return {
    kind: 'pglite',
    kysely: new Kysely<Schema>({ dialect: new PGliteDialect({ pglite: lite }) }),
    raw: lite,
    jobs: fromPglite(lite),
    commits: {
      query: async <Row>(_name: string, text: string, values: unknown[]) =>
        (await lite.query<Row>(text, values)).rows,
    },
    close: async () => {
      await lite.close();
      release();
    },
  };
}

function openServer(url: string): Database {
  // int8 as a number, as PGlite gives it: client ids are 53-bit and would compare wrong as strings.
  const types = new pg.TypeOverrides();
  types.setTypeParser(INT8_OID, Number);
  types.setTypeParser(INT8_ARRAY_OID, (text) => JSON.parse(`[${text.slice(1, -1)}]`) as number[]);
  const pool = new pg.Pool({
    connectionString: url,
    max: POOL_SIZE,
    types,
    idle_in_transaction_session_timeout: TRANSACTION_DEADLINE_MS,
    keepAlive: true,
    // Compiling a statement over many rooms takes three times as long as running it.
    options: '-c jit=off',
  });
  // An answer that never comes must not hold up every document: the log is then read to see what happened.
  const commits = new pg.Pool({
    connectionString: url,
    max: 1,
    types,
    statement_timeout: TRANSACTION_DEADLINE_MS,
    query_timeout: TRANSACTION_DEADLINE_MS,
    // Planning takes longer than running, so each statement is planned once; its plan must keep using the
    // indexes however large `messages` grows (T23).
    options: `-c plan_cache_mode=force_generic_plan
      -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off`,
  });
  // A broken idle connection is replaced at the next query; without a listener it ends the process.
  for (const each of [pool, commits]) each.on('error', () => undefined);
  return {
    kind: 'postgres',
    kysely: new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) }),
    raw: pool,
    jobs: {
      executeSql: async (text, values) => {
        // Several statements in one text give several results.
        const results = (await pool.query(text, values)) as pg.QueryResult | pg.QueryResult[];
        return { rows: [results].flat().flatMap(({ rows }) => rows as unknown[]) };
      },
    },
    commits: {
      query: async <Row>(name: string, text: string, values: unknown[]) =>
        (await commits.query({ name, text, values })).rows as Row[],
    },
    close: async () => {
      await Promise.all([pool.end(), commits.end()]);
    },
  };
}

/** Runs the migrations that this database has not seen. */
export async function migrateToLatest(kysely: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({
    db: kysely,
    provider: { getMigrations: () => Promise.resolve(migrations) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error(JSON.stringify(error));
}
