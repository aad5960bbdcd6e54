import type { RoomId } from '@skerry/protocol/ids.ts';
import { v7 as uuidv7 } from 'uuid';
import type { AccessPort } from '../memberships/accessPort.ts';
import type { Clock } from '../platform/clock.ts';
import { inTransaction, type Database } from '../platform/database.ts';
import { lockServer, setSetting } from '../platform/settingsStore.ts';
import { addRoom } from './createRoom.ts';
import { hasRooms, WELCOME_ROOM } from './roomStore.ts';

const STARTER_ROOMS = [
  { name: 'General', topic: 'For everyone' },
  { name: 'Technology', topic: '' },
  { name: 'Random', topic: '' },
];

/** Gives a server without rooms its first ones; sign-up joins the first of them. */
export async function ensureStarterRooms(deps: {
  db: Database;
  access: AccessPort;
  clock: Clock;
}): Promise<void> {
  const now = deps.clock();
  const created = await inTransaction(deps.db, async (tx) => {
    // Two processes that start on one empty database take turns here.
    await lockServer(tx);
    if (await hasRooms(tx)) return [];
    const ids: RoomId[] = [];
    for (const { name, topic } of STARTER_ROOMS) {
      const id = uuidv7() as RoomId;
      await addRoom(tx, { id, kind: 'public', name, topic, createdBy: null, now });
      if (ids.push(id) === 1) await setSetting(tx, WELCOME_ROOM, id);
    }
    return ids;
  });
  for (const id of created) await deps.access.refreshRoom(id);
}
