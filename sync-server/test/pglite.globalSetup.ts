import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { TestProject } from 'vitest/node';
import { embeddedDatabase, migrateToLatest } from '../src/platform/database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a test file's database comes from. */
    databaseSource:
      | { kind: 'pglite'; template: string }
      | { kind: 'postgres'; adminUrl: string; template: string };
  }
}

/** Migrates one embedded database and keeps it as an archive that each test file starts from. */
export async function setup(project: TestProject) {
  const folder = mkdtempSync(join(tmpdir(), 'skerry-pglite-'));
  const template = join(folder, 'template.tar');
  const lite = await PGlite.create();
  await migrateToLatest(embeddedDatabase(lite).kysely);
  writeFileSync(template, new Uint8Array(await (await lite.dumpDataDir('none')).arrayBuffer()));
  await lite.close();
  project.provide('databaseSource', { kind: 'pglite', template });
  return () => {
    rmSync(folder, { recursive: true, force: true });
  };
}
