import type { ChatSystem } from '../chatSystem.ts';
import { gather } from '../crowd.ts';
import type { Figures } from '../figures.ts';
import { runLoad } from '../load.ts';
import type { Sizes } from '../sizes.ts';

const SIZE = { rooms: 5, members: 2 };
const PER_SECOND = 50;
const WARM_UP_SECONDS = 1;

/**
 * Acknowledgement before and after the table of messages has grown under a server that goes on running, so
 * that a plan made for the small table is found out (T23); then with a server that has only seen the large one.
 */
export async function measureGrown(
  system: ChatSystem,
  figures: Figures,
  { grown }: Sizes,
): Promise<void> {
  if (system.name === 'hocuspocus') return; // it stores documents only
  const measure = async (when: string) => {
    const crowd = await gather(system, await system.createRooms(SIZE));
    await runLoad(crowd, { perSecond: PER_SECOND, seconds: WARM_UP_SECONDS });
    const { acknowledgement } = await runLoad(crowd, {
      perSecond: PER_SECOND,
      seconds: grown.seconds,
    });
    crowd.close();
    figures.add(`messages ${when}: ack p50`, system.name, acknowledgement.p50, 'ms');
    figures.add(`messages ${when}: ack p99`, system.name, acknowledgement.p99, 'ms');
  };
  const { pool } = system.database;
  await pool.query('truncate messages');
  await system.server.restart();
  await measure('empty');
  await system.growMessages(grown.rows);
  await measure('grown');
  await pool.query('analyze messages');
  await system.server.restart();
  await measure('grown, server restarted');
}
