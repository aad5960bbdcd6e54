import type { Logger } from 'pino';
import type { Database } from '../database.ts';
import { readSetting } from '../settingsStore.ts';
import { ALONE, type Bus } from './bus.ts';
import { DatabaseBus } from './databaseBus.ts';
import { RedisBus } from './redisBus.ts';

/** Redis when there is a URL, else the database. The embedded database has one process by its lock. */
export async function openBus(options: {
  db: Database;
  redisUrl: string | undefined;
  log: Logger;
}): Promise<Bus> {
  const { db, redisUrl, log } = options;
  if (db.kind === 'pglite') return ALONE;
  if (redisUrl === undefined) return DatabaseBus.open(db, log);
  // Several installations may share a Redis: a database's processes are those that know its epoch.
  const epoch = await readSetting(db.kysely, 'epoch');
  return new RedisBus({ url: redisUrl, channel: `skerry:${epoch ?? ''}`, log });
}
