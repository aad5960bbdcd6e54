import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { inject } from 'vitest';
import { openDatabase, type Database } from '../src/platform/database.ts';
import { startPostgres } from './throwawayPostgres.ts';

/** A database whose table files can be searched. */
export interface FiledDatabase {
  db: Database;
  /** Names of table files that hold these bytes, after everything has been written to them. */
  filesWith: (text: string) => Promise<string[]>;
  /** Names of tables of which a row holds them. */
  tablesWith: (text: string) => Promise<string[]>;
}

/** On whichever kind this run is about; closing the database takes its files away. */
export async function openFiledDatabase(): Promise<FiledDatabase> {
  const opened = inject('databaseSource').kind === 'pglite' ? await onDisk() : await onServer();
  const { db, base } = opened;
  return {
    db,
    filesWith: async (text) => {
      await sql`checkpoint`.execute(db.kysely);
      const bytes = Buffer.from(text);
      return readdirSync(base, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((path) => readFileSync(path).includes(bytes))
        .map((path) => path.slice(base.length));
    },
    tablesWith: async (text) => {
      const tables = await sql<{ name: string }>`
        select schemaname || '.' || tablename as name from pg_tables
        where schemaname not in ('pg_catalog', 'information_schema')`.execute(db.kysely);
      const hex = Buffer.from(text).toString('hex');
      const found: string[] = [];
      for (const { name } of tables.rows) {
        const { rows } = await sql`
          select 1 from ${sql.table(name)} t
          where t::text like ${`%${text}%`} or t::text like ${`%${hex}%`}`.execute(db.kysely);
        if (rows.length > 0) found.push(name);
      }
      return found;
    },
  };
}

async function onDisk(): Promise<{ db: Database; base: string }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'skerry-filed-'));
  const db = await openDatabase({ dataDir });
  const close = async () => {
    await db.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { db: { ...db, close }, base: join(dataDir, 'database', 'base') };
}

async function onServer(): Promise<{ db: Database; base: string }> {
  const server = await startPostgres();
  const db = await openDatabase({ url: server.url, dataDir: '' });
  const close = async () => {
    await db.close();
    await server.stop();
  };
  return { db: { ...db, close }, base: join(server.dataDirectory, 'base') };
}
