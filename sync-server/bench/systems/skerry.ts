import {
  pageDocumentName,
  roomDocumentName,
  userDocumentName,
} from '@skerry/protocol/documentName.ts';
import * as Y from 'yjs';
import { storedSessionId } from '../../src/accounts/sessions.ts';
import type { ChatSystem, Closeable, Room, Seat } from '../chatSystem.ts';
import { startMeasuredPostgres, type MeasuredPostgres } from '../measuredPostgres.ts';
import { startMeasuredProcess } from '../measuredProcess.ts';
import { inventRooms, membershipsOf } from '../people.ts';
import { fillSkerryRoom } from './fillSkerryRoom.ts';
import { authFrame, readServerFrame, statelessFrame, stepOneFrame } from './frames.ts';
import { keepAlive } from './keepAlive.ts';
import { openRawSocket } from './rawSocket.ts';
import { SkerryClient } from './skerryClient.ts';
import { SkerryDevice } from './skerryDevice.ts';

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
    createRooms: (size) => createRooms(database, size),
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

async function createRooms(
  { pool }: MeasuredPostgres,
  size: { rooms: number; members: number },
): Promise<Room[]> {
  const rooms = inventRooms(size);
  const seats = membershipsOf(rooms);
  const people = seats.map(({ person }) => person);
  const ids = people.map(({ id }) => id);
  const roomIds = rooms.map(({ id }) => id);
  const now = Date.now();
  await pool.query(
    `insert into users (id, handle, email, display_name, avatar, created_at)
     select id, 'p_' || replace(right(id::text, 17), '-', ''), id || '@example.org', name, '210', $3
     from unnest($1::uuid[], $2::text[]) as t(id, name)`,
    [ids, people.map(({ name }) => name), now],
  );
  await pool.query(
    `insert into sessions
       (id, user_id, expires_at, created_at, last_seen_at, remember, device_name, public_id)
     select id, user_id, now() + interval '20 days', $3, $3, true, 'bench', gen_random_uuid()::text
     from unnest($1::text[], $2::uuid[]) as t(id, user_id)`,
    [people.map(({ token }) => storedSessionId(token)), ids, now],
  );
  await pool.query(
    `insert into rooms (id, kind, name, created_at)
     select id, 'private', 'bench', $2 from unnest($1::uuid[]) as t(id)`,
    [roomIds, now],
  );
  await pool.query(
    `insert into documents (name, room_id, page)
     select * from unnest($1::text[], $2::uuid[], $3::int[])`,
    [
      [...roomIds.map(roomDocumentName), ...roomIds.map((id) => pageDocumentName(id, 0))],
      [...roomIds, ...roomIds],
      [...roomIds.map(() => null), ...roomIds.map(() => 0)],
    ],
  );
  await pool.query(
    `insert into memberships (room_id, user_id, role, joined_at)
     select room_id, user_id, 'member', $3 from unnest($1::uuid[], $2::uuid[]) as t(room_id, user_id)`,
    [seats.map(({ roomId }) => roomId), ids, now],
  );
  return rooms;
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
