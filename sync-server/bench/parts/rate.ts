import type { ChatSystem } from '../chatSystem.ts';
import { gather, type Crowd } from '../crowd.ts';
import type { Figures } from '../figures.ts';
import { runLoad, warmUp, type LoadResult } from '../load.ts';
import type { Sizes } from '../sizes.ts';
import { SCENES } from './fanout.ts';

/** A rate is held when both latencies stay below. */
const LIMIT_P99_MS = 250;
const HIGHEST_PER_SECOND = 12_800;

/** The highest rate of messages at which p99 of arrival and acknowledgement stays below 250 ms. */
export async function measureRate(
  system: ChatSystem,
  figures: Figures,
  sizes: Sizes,
): Promise<void> {
  for (const { name, rooms, members, perSecond } of SCENES) {
    let crowd: Crowd | undefined;
    const holds = async (rate: number): Promise<LoadResult | undefined> => {
      if (crowd === undefined) {
        crowd = await gather(system, await system.createRooms({ rooms, members }));
        await warmUp(crowd, perSecond);
      }
      const result = await runLoad(crowd, { perSecond: rate, seconds: sizes.rate.stepSeconds });
      const { arrival, acknowledgement, isComplete } = result;
      const isHeld = isComplete && Math.max(arrival.p99, acknowledgement.p99) < LIMIT_P99_MS;
      if (isHeld) return result;
      // What was too much may still be on its way.
      crowd.close();
      crowd = undefined;
      return undefined;
    };
    let held = 0;
    let tooMuch: number = perSecond;
    let generatorUse = 0;
    const note = (rate: number, result: LoadResult | undefined) => {
      if (result === undefined) tooMuch = rate;
      else {
        held = rate;
        generatorUse = result.generatorUse;
      }
      return result !== undefined;
    };
    while (tooMuch <= HIGHEST_PER_SECOND && note(tooMuch, await holds(tooMuch))) tooMuch *= 2;
    for (let i = 0; i < sizes.rate.refinements; i++) {
      const between = Math.round(Math.sqrt(Math.max(1, held) * tooMuch));
      note(between, await holds(between));
    }
    crowd?.close();
    figures.add(`${name}: highest rate`, system.name, held, 'messages/s');
    figures.add(`${name}: generator busy at it`, system.name, generatorUse * 100, '%');
  }
}
