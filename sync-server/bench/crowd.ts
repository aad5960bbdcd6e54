import type { ChatClient, ChatSystem, Room } from './chatSystem.ts';
import { membershipsOf } from './people.ts';
import { Tally } from './tally.ts';

/** Connections that are opened at once: a server takes so many strangers of one address. */
const CONNECTING_AT_ONCE = 50;

/** All members of some rooms, live, and the tally of what they send each other. */
export interface Crowd {
  clients: ChatClient[];
  membersPerRoom: number;
  tally: Tally;
  close: () => void;
}

/** Everybody who is in one of the rooms joins it. */
export async function gather(system: ChatSystem, rooms: readonly Room[]): Promise<Crowd> {
  const seats = membershipsOf(rooms);
  const tally = new Tally(seats.length);
  const clients = await inBatches(seats.length, (index) => {
    const seat = seats[index];
    if (seat === undefined) throw new Error('no such seat');
    return system.join(seat, tally, index);
  });
  return {
    clients,
    membersPerRoom: seats.length / rooms.length,
    tally,
    close: () => {
      for (const client of clients) client.close();
    },
  };
}

/** Opens `count` things, a batch at a time, in order. */
export async function inBatches<T>(
  count: number,
  open: (index: number) => Promise<T>,
): Promise<T[]> {
  const opened: T[] = [];
  while (opened.length < count) {
    const size = Math.min(CONNECTING_AT_ONCE, count - opened.length);
    const batch = Array.from({ length: size }, (_, i) => open(opened.length + i));
    opened.push(...(await Promise.all(batch)));
  }
  return opened;
}
