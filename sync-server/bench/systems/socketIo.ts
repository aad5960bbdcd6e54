import { v7 as uuidv7 } from 'uuid';
import type { ChatSystem, Room } from '../chatSystem.ts';
import { fillText, MESSAGES_PER_TURN } from '../fillText.ts';
import { startMeasuredPostgres, type MeasuredPostgres } from '../measuredPostgres.ts';
import { startMeasuredProcess } from '../measuredProcess.ts';
import { inventRooms, membershipsOf } from '../people.ts';
import { joinSocketIo, SocketIoDevice } from './socketIoClient.ts';

/** Baseline S. */
export async function startSocketIo(profileFolder: string | undefined): Promise<ChatSystem> {
  const database = await startMeasuredPostgres();
  const server = await startMeasuredProcess({
    script: 'sync-server/bench/servers/socketIoChat.ts',
    environment: (port) => ({ PORT: String(port), DATABASE_URL: database.url }),
    profileFolder,
  });
  return {
    name: 'socketio',
    server,
    database,
    createRooms: (size) => createRooms(database, size),
    fillRoom: (room, messages) => fillRoom(database, room, messages),
    join: (seat, tally, index) => joinSocketIo(server.url, seat, tally, index),
    openDevice: (seat) => new SocketIoDevice(server.url, seat),
    // Rooms cost a socket nothing here: it joins all of them.
    connectIdle: async (seat) => {
      const device = new SocketIoDevice(server.url, seat);
      await device.receive(0);
      return device;
    },
    growMessages: async (rows) => {
      await database.pool.query(
        `insert into messages (id, room_id, author, written, arrived, text)
         select md5('message' || i)::uuid, md5('room' || i % 200)::uuid, md5('author')::uuid, i, i,
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
  const ids = seats.map(({ person }) => person.id);
  await pool.query(
    'insert into sessions (token, user_id) select * from unnest($1::text[], $2::uuid[])',
    [seats.map(({ person }) => person.token), ids],
  );
  await pool.query(
    'insert into memberships (room_id, user_id) select * from unnest($1::uuid[], $2::uuid[])',
    [seats.map(({ roomId }) => roomId), ids],
  );
  return rooms;
}

async function fillRoom({ pool }: MeasuredPostgres, room: Room, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, i) => i + 1);
  const author = (number: number) =>
    room.members[Math.floor(number / MESSAGES_PER_TURN) % room.members.length]?.id;
  const now = Date.now();
  await pool.query(
    `insert into messages (id, room_id, author, written, arrived, text)
     select id, $1, author, $2, $2, text from unnest($3::uuid[], $4::uuid[], $5::text[])
       with ordinality as t(id, author, text, place) order by place`,
    [room.id, now, numbers.map(() => uuidv7()), numbers.map(author), numbers.map(fillText)],
  );
}
