import { setTimeout as after } from 'node:timers/promises';
import type { ChatSystem, Closeable, Seat } from '../chatSystem.ts';
import { inBatches } from '../crowd.ts';
import type { Figures } from '../figures.ts';
import { membershipsOf } from '../people.ts';
import type { Sizes } from '../sizes.ts';
import { Tally } from '../tally.ts';

const MEMBERS = 5;
const WARM_UP = 20;
const SETTLE_MS = 2_000;

/** What a connection costs the server that says nothing; and one with its room open. */
export async function measureIdle(
  system: ChatSystem,
  figures: Figures,
  { idleConnections }: Sizes,
): Promise<void> {
  const tally = new Tally(idleConnections);
  const kinds: [string, (seat: Seat) => Promise<Closeable>][] = [
    ['idle connection', (seat) => system.connectIdle(seat)],
    ['connection with its room open', (seat) => system.join(seat, tally, 0)],
  ];
  for (const [what, connect] of kinds) {
    await system.server.restart();
    const rooms = await system.createRooms({ rooms: idleConnections / MEMBERS, members: MEMBERS });
    const seats = membershipsOf(rooms);
    const open = (count: number) =>
      inBatches(count, (index) => {
        const seat = seats[index];
        if (seat === undefined) throw new Error('no such seat');
        return connect(seat);
      });
    for (const connection of await open(WARM_UP)) connection.close();
    await after(SETTLE_MS);

    const before = await system.server.memory();
    const connections = await open(idleConnections);
    await after(SETTLE_MS);
    const memory = await system.server.memory();
    for (const connection of connections) connection.close();
    const per = (bytes: number) => bytes / idleConnections;
    figures.add(`${what}: memory`, system.name, per(memory.usedBytes - before.usedBytes), 'bytes');
    const resident = per(memory.residentBytes - before.residentBytes);
    figures.add(`${what}: resident`, system.name, resident, 'bytes');
  }
}
