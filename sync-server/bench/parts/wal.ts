import { setTimeout as after } from 'node:timers/promises';
import type { ChatSystem } from '../chatSystem.ts';
import { gather } from '../crowd.ts';
import type { Figures } from '../figures.ts';
import { runLoad } from '../load.ts';
import type { Sizes } from '../sizes.ts';

const MEMBERS = 5;
const FAST_PER_SECOND = 5;
const SLOW_PER_SECOND = 1 / 3;
const WARM_UP = { perSecond: 10, seconds: 2 };
const IDLE_SHARE = 0.5;

export function walFigure(messages: number, pace: 'fast' | 'slow'): string {
  const rate = pace === 'fast' ? '5 messages/s' : '1 message in 3 s';
  return `WAL per message, room of ${messages.toLocaleString('en')}, ${rate}`;
}

/** Bytes of write-ahead log per message, less what the idle server writes in that time. */
export async function measureWal(
  system: ChatSystem,
  figures: Figures,
  { wal }: Sizes,
): Promise<void> {
  const { database, name } = system;
  const idleFrom = await database.walBytes();
  const idleMs = wal.slowSeconds * IDLE_SHARE * 1_000;
  await after(idleMs);
  const idlePerMs = ((await database.walBytes()) - idleFrom) / idleMs;
  figures.add('WAL of the idle server', name, idlePerMs * 1_000, 'bytes/s');

  for (const messages of wal.roomMessages) {
    const [room] = await system.createRooms({ rooms: 1, members: MEMBERS });
    if (room === undefined) throw new Error('no room was made');
    await system.fillRoom(room, messages);
    const crowd = await gather(system, [room]);
    await database.settle();
    await runLoad(crowd, WARM_UP);
    await after(wal.settleSeconds * 1_000);
    for (const pace of ['fast', 'slow'] as const) {
      const perSecond = pace === 'fast' ? FAST_PER_SECOND : SLOW_PER_SECOND;
      const seconds = pace === 'fast' ? wal.fastSeconds : wal.slowSeconds;
      const from = { bytes: await database.walBytes(), at: performance.now() };
      const { sent, isComplete } = await runLoad(crowd, { perSecond, seconds });
      if (!isComplete) throw new Error(`${name} did not deliver everything`);
      await after(wal.settleSeconds * 1_000);
      const bytes = (await database.walBytes()) - from.bytes;
      const idle = idlePerMs * (performance.now() - from.at);
      figures.add(walFigure(messages, pace), name, (bytes - idle) / sent, 'bytes');
    }
    crowd.close();
  }
}
