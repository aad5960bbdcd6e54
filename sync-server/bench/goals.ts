import type { SystemName } from './chatSystem.ts';
import type { Figures } from './figures.ts';
import { joinFigure } from './parts/join.ts';
import { walFigure } from './parts/wal.ts';
import { LARGE_ROOM, SMALL_ROOM } from './sizes.ts';

export interface Goal {
  what: string;
  /** Skerry's figure by the other one, or the other way round when `atLeast` is the bound. */
  ratio: number;
  bound: string;
  isMet: boolean;
}

interface Wanted {
  what: string;
  of: [what: string, system: SystemName];
  to: [what: string, system: SystemName];
  atMost?: number;
  atLeast?: number;
}

/** The goals that this run measured something for. */
export function judgeGoals(figures: Figures): Goal[] {
  const goals: Goal[] = [];
  for (const { what, of, to, atMost, atLeast } of WANTED) {
    const [mine, theirs] = [figures.median(...of), figures.median(...to)];
    if (mine === undefined || theirs === undefined) continue;
    const ratio = mine / theirs;
    goals.push(
      atMost !== undefined
        ? { what, ratio, bound: `<= ${atMost}`, isMet: ratio <= atMost }
        : { what, ratio, bound: `>= ${atLeast ?? NaN}`, isMet: ratio >= (atLeast ?? Infinity) },
    );
  }
  return goals;
}

const WANTED: Wanted[] = [
  ...['1 room x 100', '200 rooms x 5'].flatMap((scene): Wanted[] => [
    versusS(`${scene}: arrival p99`, { atMost: 1 }),
    versusS(`${scene}: ack p50`, { atMost: 1.2 }),
    versusS(`${scene}: server CPU per 1,000 deliveries`, { atMost: 0.8 }),
    versusS(`${scene}: highest rate`, { atLeast: 2.5 }),
  ]),
  hByOurs('warm join', 70),
  hByOurs('bytes to join', 500),
  {
    what: 'warm join, large room by small room',
    of: [joinFigure('warm join', LARGE_ROOM), 'skerry'],
    to: [joinFigure('warm join', SMALL_ROOM), 'skerry'],
    atMost: 1.2,
  },
  hByOurs('server memory of the open room', 40),
  ...(['fast', 'slow'] as const).flatMap((pace): Wanted[] => [
    versusS(walFigure(SMALL_ROOM, pace), { atMost: 2 }),
    versusS(walFigure(LARGE_ROOM, pace), { atMost: 2 }),
    {
      what: `${walFigure(LARGE_ROOM, pace)}, by the small room`,
      of: [walFigure(LARGE_ROOM, pace), 'skerry'],
      to: [walFigure(SMALL_ROOM, pace), 'skerry'],
      atMost: 1.2,
    },
  ]),
  versusS('idle connection: memory', { atMost: 1 }),
];

function versusS(what: string, bound: { atMost: number } | { atLeast: number }): Wanted {
  return { what: `${what}, by S`, of: [what, 'skerry'], to: [what, 'socketio'], ...bound };
}

function hByOurs(what: string, atLeast: number): Wanted {
  const figure = joinFigure(what, LARGE_ROOM);
  return {
    what: `${figure}, H by ours`,
    of: [figure, 'hocuspocus'],
    to: [figure, 'skerry'],
    atLeast,
  };
}
