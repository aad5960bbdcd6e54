import { afterAll, beforeAll, test } from 'vitest';
import { openRoomDatabase, type RoomDatabase } from '../../../sync-server/test/roomNodes.ts';
import { playStories } from '../../test/sync/roomStories.ts';

/** `SYNC_RUNS` asks for more. */
const RUNS = 25;
/** `SYNC_SEED` asks for other runs, with `SYNC_PATH` for one of them. */
const SEED = 20_261_127;

let database: RoomDatabase;
beforeAll(async () => {
  database = await openRoomDatabase();
});
afterAll(() => database.close());

test('B1 three devices and two processes end with one room, whatever was lost, locked, refused or restored', async () => {
  const path: unknown = import.meta.env['SYNC_PATH'];
  await playStories(database, {
    numRuns: Number(import.meta.env['SYNC_RUNS'] ?? RUNS),
    seed: Number(import.meta.env['SYNC_SEED'] ?? SEED),
    ...(typeof path === 'string' ? { path } : {}),
  });
}, 300_000);
