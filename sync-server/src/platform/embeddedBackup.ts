import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { PGlite } from '@electric-sql/pglite';
import type { Kysely } from 'kysely';
import { embeddedDatabase, migrateToLatest, RESTORED } from './database.ts';
import { lockDirectory } from './directoryLock.ts';
import type { Schema } from './schema.ts';
import { setSetting } from './settingsStore.ts';

const OWNER_ONLY = 0o600;

/** Writes the embedded database in `dataDir` to one file (tar, gzip). The server must be stopped. */
export async function backUpEmbedded(dataDir: string, file: string): Promise<void> {
  const path = join(dataDir, 'database');
  if (!existsSync(path)) throw new Error(`${dataDir} holds no database`);
  const unlock = await lockDirectory(dataDir);
  try {
    const lite = await PGlite.create(path);
    try {
      const archive = await lite.dumpDataDir('gzip');
      // Under its name only when it is whole.
      const partial = `${file}.partial`;
      writeFileSync(partial, new Uint8Array(await archive.arrayBuffer()), {
        mode: OWNER_ONLY,
        flush: true,
      });
      renameSync(partial, file);
    } finally {
      await lite.close();
    }
  } finally {
    unlock();
  }
}

/**
 * Puts a backup in the place of the embedded database in `dataDir`. The server must be stopped. Returns
 * where the database that was there before has been moved to.
 */
export async function restoreEmbedded(dataDir: string, file: string): Promise<string | undefined> {
  if (!existsSync(file)) throw new Error(`${file} does not exist`);
  mkdirSync(dataDir, { recursive: true });
  const unlock = await lockDirectory(dataDir);
  const restoring = join(dataDir, 'database.restoring');
  try {
    for (const left of [restoring, join(dataDir, RESTORED)]) {
      rmSync(left, { recursive: true, force: true });
    }
    await load(restoring, file);
    const path = join(dataDir, 'database');
    const before = existsSync(path) ? join(dataDir, `database.before-${stamp()}`) : undefined;
    // From here on the next start finishes what a crash interrupts.
    renameSync(restoring, join(dataDir, RESTORED));
    if (before !== undefined) renameSync(path, before);
    renameSync(join(dataDir, RESTORED), path);
    return before;
  } catch (cause) {
    rmSync(restoring, { recursive: true, force: true });
    throw new Error(`${file} could not be restored`, { cause });
  } finally {
    unlock();
  }
}

/** Devices that saw later messages notice the new epoch and send theirs again. */
export async function renewEpoch(kysely: Kysely<Schema>): Promise<void> {
  await setSetting(kysely, 'epoch', randomUUID());
}

async function load(path: string, file: string): Promise<void> {
  // Unpacked here: PGlite's own way ends the process on what is no gzip.
  const tar = new Uint8Array(await promisify(gunzip)(await readFile(file)));
  const loadDataDir = new Blob([tar], { type: 'application/x-tar' });
  const lite = await PGlite.create(path, { loadDataDir });
  try {
    const { kysely } = embeddedDatabase(lite);
    await migrateToLatest(kysely);
    await renewEpoch(kysely);
  } finally {
    await lite.close();
  }
}

/** As in 20261121T031500123Z. */
function stamp(): string {
  return new Date().toISOString().replaceAll(/[-:.]/g, '');
}
