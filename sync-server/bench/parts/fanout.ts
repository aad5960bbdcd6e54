import type { ChatSystem } from '../chatSystem.ts';
import { gather } from '../crowd.ts';
import type { Figures } from '../figures.ts';
import { runLoad, warmUp } from '../load.ts';
import type { Sizes } from '../sizes.ts';

export const SCENES = [
  { name: '1 room x 100', rooms: 1, members: 100, perSecond: 50 },
  { name: '200 rooms x 5', rooms: 200, members: 5, perSecond: 200 },
] as const;

/** Latency of arrival and acknowledgement, and what a delivery costs the server. */
export async function measureFanout(
  system: ChatSystem,
  figures: Figures,
  sizes: Sizes,
): Promise<void> {
  for (const { name, rooms, members, perSecond } of SCENES) {
    const crowd = await gather(system, await system.createRooms({ rooms, members }));
    await warmUp(crowd, perSecond);
    const before = { server: system.server.cpuMs(), database: system.database.cpuMs() };
    const result = await runLoad(crowd, { perSecond, seconds: sizes.fanoutSeconds });
    const server = system.server.cpuMs() - before.server;
    const database = system.database.cpuMs() - before.database;
    crowd.close();

    const add = (what: string, value: number, unit: string) => {
      figures.add(`${name}: ${what}`, system.name, value, unit);
    };
    for (const percentile of ['p50', 'p95', 'p99'] as const) {
      add(`arrival ${percentile}`, result.arrival[percentile], 'ms');
      add(`ack ${percentile}`, result.acknowledgement[percentile], 'ms');
    }
    const thousands = result.deliveries / 1_000;
    add('server CPU per 1,000 deliveries', server / thousands, 'ms');
    add('database CPU per 1,000 deliveries', database / thousands, 'ms');
    add('sent', result.sent, 'messages');
    add('undelivered', result.sent * (members - 1) - result.deliveries, 'deliveries');
    add('postponed sends', crowd.tally.postponed, 'messages');
    add('generator late p99', result.lateMs.p99, 'ms');
    add('generator busy', result.generatorUse * 100, '%');
  }
}
