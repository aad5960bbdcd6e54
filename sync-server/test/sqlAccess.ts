import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** A look into a running server's PostgreSQL database, beside the server. */
export interface SqlAccess {
  sql: (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;
  /** Holds back every commit to the update log until the returned function is called. */
  withholdCommits: () => Promise<() => Promise<void>>;
  close: () => Promise<void>;
}

export function openSqlAccess(url: string): SqlAccess {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  // Databases are crashed in tests: an idle connection may break.
  pool.on('error', () => undefined);
  return {
    sql: async (text, values) => (await pool.query<Record<string, unknown>>(text, values)).rows,
    withholdCommits: async () => {
      const client = await pool.connect();
      await client.query('begin');
      await client.query('lock table updates in exclusive mode');
      return async () => {
        await client.query('rollback');
        client.release();
      };
    },
    close: () => pool.end(),
  };
}

/** Creates an empty database of its own; returns its URL. */
export async function createDatabase(adminUrl: string): Promise<string> {
  const name = `own_${randomBytes(6).toString('hex')}`;
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query(`create database ${name}`);
  } finally {
    await admin.end();
  }
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}
