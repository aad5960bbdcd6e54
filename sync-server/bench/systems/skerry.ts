import { userDocumentName } from '@skerry/protocol/documentName.ts';
import * as Y from 'yjs';
import type { ChatSystem, Closeable, Seat } from '../chatSystem.ts';
import { startMeasuredPostgres } from '../measuredPostgres.ts';
import { startMeasuredProcess } from '../measuredProcess.ts';
import { fillSkerryRoom } from './fillSkerryRoom.ts';
import { authFrame, readServerFrame, statelessFrame, stepOneFrame } from './frames.ts';
import { keepAlive } from './keepAlive.ts';
import { openRawSocket } from './rawSocket.ts';
import { SkerryClient } from './skerryClient.ts';
import { SkerryDevice } from './skerryDevice.ts';
import { createSkerryRooms } from './skerryRooms.ts';

/** What a run changes in the server's settings: the limits of one person, who here is a crowd. */
export const SKERRY_SETTINGS = { SEND_BURST: '1000000', SEND_PER_SECOND: '1000000' };

/** The real server, from its entry point, as `npm start` runs it. */
export async function startSkerry(profileFolder: string | undefined): Promise<ChatSystem> {
  const database = await startMeasuredPostgres();
  const server = await startMeasuredProcess({
    script: 'sync-server/src/main.ts',
    environment: (port) => ({
      ...SKERRY_SETTINGS,
      PORT: String(port),
      DATABASE_URL: database.url,
      LOG_LEVEL: 'warn',
    }),
    profileFolder,
  });
  return {
    name: 'skerry',
    server,
    database,
    createRooms: (size) => createSkerryRooms(database.pool, size),
    fillRoom: (room, messages) => fillSkerryRoom(database.pool, room, messages),
    join: (seat, tally, index) => SkerryClient.join(server.url, seat, tally, index),
    openDevice: (seat) => new SkerryDevice(server.url, seat),
    connectIdle: (seat) => connectIdle(server.url, seat),
    growMessages: async (rows) => {
      await database.pool.query(
        `insert into messages (room_id, id, page, author, number, written, arrived, text)
         select md5('room' || i % 200)::uuid, md5('message' || i)::uuid, 0, md5('author')::uuid, i, i, i,
           'a message that was written some time ago in another room' from generate_series(1, $1) i`,
        [rows],
      );
    },
    stop: async () => {
      await server.stop();
      await database.stop();
    },
  };
}

/** The user document alone: it is what brings the news of all rooms. */
async function connectIdle(url: string, { person }: Seat): Promise<Closeable> {
  const name = userDocumentName(person.id);
  let onReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    onReady = resolve;
  });
  const socket = await openRawSocket(`${url.replace('http', 'ws')}/sync`, (bytes) => {
    if (readServerFrame(bytes).kind === 'update') onReady();
  });
  socket.send(authFrame(name, person.token));
  socket.send(stepOneFrame(name, new Y.Doc()));
  await ready;
  const endKeepAlive = keepAlive(() => {
    socket.send(statelessFrame(name, '{"type":"ping","id":1}'));
  });
  return {
    close: () => {
      endKeepAlive();
      socket.close();
    },
  };
}
