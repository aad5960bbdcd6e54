import { newMessageRecord } from '@skerry/protocol/page/messageRecord.ts';
import { v7 as uuidv7 } from 'uuid';
import * as Y from 'yjs';
import { randomClientId } from '../../src/documents/clientId.ts';
import type { ChatSystem, Room } from '../chatSystem.ts';
import { fillText, MESSAGES_PER_TURN } from '../fillText.ts';
import { startMeasuredPostgres, type MeasuredPostgres } from '../measuredPostgres.ts';
import { startMeasuredProcess } from '../measuredProcess.ts';
import { inventRooms } from '../people.ts';
import { HocuspocusDevice, joinHocuspocus, MESSAGES } from './hocuspocusClient.ts';

/** Client ids of one person over the life of a long room; pages have one per person, they are short. */
const CLIENT_IDS_PER_PERSON = 40;

/** Baseline H. It lets everybody in. */
export async function startHocuspocus(profileFolder: string | undefined): Promise<ChatSystem> {
  const database = await startMeasuredPostgres();
  const server = await startMeasuredProcess({
    script: 'sync-server/bench/servers/stockHocuspocus.ts',
    environment: (port) => ({ PORT: String(port), DATABASE_URL: database.url }),
    profileFolder,
  });
  return {
    name: 'hocuspocus',
    server,
    database,
    createRooms: (size) => Promise.resolve(inventRooms(size)),
    fillRoom: (room, messages) => fillRoom(database, room, messages),
    join: (seat, tally, index) => joinHocuspocus(server.url, seat, tally, index),
    openDevice: (seat) => new HocuspocusDevice(server.url, seat),
    connectIdle: async (seat) => {
      const device = new HocuspocusDevice(server.url, seat);
      await device.receive(0);
      return device;
    },
    growMessages: () => Promise.resolve(), // it has no such table
    stop: async () => {
      await server.stop();
      await database.stop();
    },
  };
}

async function fillRoom({ pool }: MeasuredPostgres, room: Room, count: number): Promise<void> {
  const doc = new Y.Doc();
  const messages = doc.getArray(MESSAGES);
  const writers = Array.from({ length: room.members.length * CLIENT_IDS_PER_PERSON }, (_, i) => ({
    person: room.members[i % room.members.length],
    client: randomClientId(),
  }));
  doc.transact(() => {
    for (let number = 1; number <= count; number++) {
      const writer = writers[Math.floor(number / MESSAGES_PER_TURN) % writers.length];
      if (writer?.person === undefined) throw new Error('a room without members');
      // Looking at the end first: pushing alone would walk the whole list.
      if (messages.length > 0) messages.get(messages.length - 1);
      doc.clientID = writer.client;
      const record = newMessageRecord(writer.person.id, Date.now(), fillText(number));
      messages.push([{ id: uuidv7(), ...record }]);
    }
  });
  const update = Buffer.from(Y.encodeStateAsUpdate(doc));
  doc.destroy();
  await pool.query('insert into documents (name, data) values ($1, $2)', [room.id, update]);
}
