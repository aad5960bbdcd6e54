import { listRooms } from '../../api/rooms.ts';

/** Name of the room that everybody is in from the start, as the server gives it. */
const WELCOME_ROOM = 'General';

/** Where a newcomer begins. */
export async function findFirstRoomPath(): Promise<string> {
  try {
    const mine = (await listRooms()).filter(({ joined }) => joined);
    const room = mine.find(({ name }) => name === WELCOME_ROOM) ?? mine[0];
    return room === undefined ? '/' : `/room/${room.id}`;
  } catch {
    return '/'; // the network went away meanwhile: the list fills when it is back
  }
}
