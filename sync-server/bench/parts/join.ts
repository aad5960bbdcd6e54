import { setTimeout as after } from 'node:timers/promises';
import type { ChatSystem, Room, Seat } from '../chatSystem.ts';
import type { Figures } from '../figures.ts';
import { medianOf } from '../percentiles.ts';
import { LARGE_ROOM, SMALL_ROOM, type Sizes } from '../sizes.ts';

const NEWEST = 50;
const MEMBERS = 3;
/** For a document that everybody has left to be stored and unloaded. */
const UNLOAD_MS = 1_500;

export function joinFigure(what: string, messages: number): string {
  return `${what}, room of ${messages.toLocaleString('en')}`;
}

/** A new device until it shows the newest 50 messages; the server just started, or the room open already. */
export async function measureJoin(
  system: ChatSystem,
  figures: Figures,
  { warmJoins }: Sizes,
): Promise<void> {
  const [small, large] = await system.createRooms({ rooms: 2, members: MEMBERS });
  if (small === undefined || large === undefined) throw new Error('no rooms were made');
  await system.fillRoom(small, SMALL_ROOM);
  await system.fillRoom(large, LARGE_ROOM);

  for (const [room, messages] of [
    [small, SMALL_ROOM],
    [large, LARGE_ROOM],
  ] as const) {
    const add = (what: string, value: number, unit: string) => {
      figures.add(joinFigure(what, messages), system.name, value, unit);
    };
    await system.server.restart();
    const first = system.openDevice(seatIn(room));
    const cold = await first.receive(NEWEST);
    add('cold join', cold.ms, 'ms');
    first.close();
    await warmCode(system, small);

    const memoryBefore = await system.server.memory();
    const stays = system.openDevice(seatIn(room));
    await stays.receive(NEWEST);
    const memory = await system.server.memory();
    add('server memory of the open room', memory.usedBytes - memoryBefore.usedBytes, 'bytes');
    add('resident growth', memory.residentBytes - memoryBefore.residentBytes, 'bytes');

    const joins = [];
    for (let i = 0; i < warmJoins; i++) {
      const device = system.openDevice(seatIn(room));
      joins.push(await device.receive(NEWEST));
      device.close();
    }
    add('warm join', medianOf(joins.map(({ ms }) => ms)), 'ms');
    add('bytes to join', medianOf(joins.map(({ bytes }) => bytes)), 'bytes');
    stays.close();
  }
}

/** So that the memory of a room is not that of code which ran for the first time. */
async function warmCode(system: ChatSystem, room: Room): Promise<void> {
  const device = system.openDevice(seatIn(room));
  await device.receive(NEWEST);
  device.close();
  await after(UNLOAD_MS);
}

function seatIn(room: Room): Seat {
  const [person] = room.members;
  if (person === undefined) throw new Error('a room without members');
  return { roomId: room.id, person };
}
