import * as fc from 'fast-check';
import { afterAll, beforeAll, test } from 'vitest';
import { openRoomDatabase, type RoomDatabase } from '../../../sync-server/test/roomNodes.ts';
import { judge } from '../../test/sync/roomJudge.ts';
import { heal, openScene, play, settle, step } from '../../test/sync/roomScene.ts';

/** `SYNC_RUNS` asks for more. */
const RUNS = 25;
/** `SYNC_SEED` asks for other runs. */
const SEED = 20_261_127;

let database: RoomDatabase;
beforeAll(async () => {
  database = await openRoomDatabase();
  // Loaded while a device runs they would come at any moment of the story.
  await Promise.all([import('./sentKeeper.ts'), import('./prefetch.ts')]);
});
afterAll(() => database.close());

test('B1 three devices and two processes end with one room, whatever was lost, locked, refused or restored', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 30, maxLength: 120, size: 'max' }),
      async (steps) => {
        const scene = await openScene(database);
        for (const one of steps) {
          await play(scene, one);
          await settle();
        }
        await heal(scene);
        await judge(scene);
        for (const one of scene.devices) await one.close();
        await scene.nodes.stop();
      },
    ),
    // A run is long: shrinking it would take an hour, and its seed and path run it again.
    {
      numRuns: Number(import.meta.env['SYNC_RUNS'] ?? RUNS),
      seed: Number(import.meta.env['SYNC_SEED'] ?? SEED),
      endOnFailure: true,
    },
  );
}, 300_000);
