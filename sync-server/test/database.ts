import { randomBytes } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { inject } from 'vitest';
import { embeddedDatabase, openDatabase, type Database } from '../src/platform/database.ts';

/** A migrated database of the caller's own, on whichever kind this run is about. Close it at the end. */
export async function openTestDatabase(): Promise<Database> {
  const source = inject('databaseSource');
  if (source.kind === 'pglite') {
    return embeddedDatabase(
      await PGlite.create({ loadDataDir: await openAsBlob(source.template) }),
    );
  }
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(source.adminUrl, `create database ${name} template ${source.template}`);
  const url = new URL(source.adminUrl);
  url.pathname = `/${name}`;
  const database = await openDatabase({ url: url.href, dataDir: '' });
  return {
    ...database,
    close: async () => {
      await database.close();
      await onServer(source.adminUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
