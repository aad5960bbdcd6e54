import * as fc from 'fast-check';
import type { RoomDatabase } from '../../../sync-server/test/roomNodes.ts';
import { judge } from './roomJudge.ts';
import { closeScene, heal, openScene, play, settle, step } from './roomScene.ts';

/** Plays stories of chance in rooms of their own; a failure says with which seed and path it is played again. */
export function playStories(
  database: RoomDatabase,
  which: Pick<fc.Parameters<unknown>, 'numRuns' | 'seed' | 'path'>,
): Promise<void> {
  return fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 30, maxLength: 120, size: 'max' }),
      async (steps) => {
        const scene = await openScene(database);
        for (const one of steps) {
          await play(scene, one);
          await settle(scene.nodes);
        }
        await heal(scene);
        await judge(scene);
        await closeScene(scene);
      },
    ),
    // A run is long: shrinking it would take an hour, and its seed and path run it again.
    { ...which, endOnFailure: true },
  );
}
