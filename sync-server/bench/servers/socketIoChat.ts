// Baseline S: an ordinary chat on Socket.IO, Express and pg. Each message is inserted before it is emitted and
// acknowledged; the client gets the newest messages when it joins.
// usage: DATABASE_URL=… PORT=… socketIoChat.ts
import { createServer } from 'node:http';
import type { MessageId, RoomId, UserId } from '@skerry/protocol/ids.ts';
import express from 'express';
import pg from 'pg';
import { Server, type Socket } from 'socket.io';

const POOL_SIZE = 10;
const SCHEMA = `
  create table if not exists sessions (token text primary key, user_id uuid not null);
  create table if not exists memberships (
    room_id uuid not null, user_id uuid not null, primary key (room_id, user_id));
  create table if not exists messages (
    id uuid primary key, number bigint generated always as identity, room_id uuid not null,
    author uuid not null, written bigint not null, arrived bigint not null, text text not null);
  create index if not exists messages_room on messages (room_id, number);`;

interface Posted {
  id: MessageId;
  roomId: RoomId;
  at: number;
  text: string;
}
interface Join {
  roomId: RoomId;
  /** Absent: the newest ones. */
  after?: number;
  newest?: number;
}
interface SocketData {
  userId: UserId;
}
type ChatSocket = Socket<Record<string, never>, Record<string, never>, never, SocketData>;

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: POOL_SIZE });
await pool.query(SCHEMA);

const app = express();
app.get('/readyz', (_request, response) => {
  response.send('ready');
});
const http = createServer(app);
const io = new Server(http, { transports: ['websocket'], serveClient: false });

io.use((socket, next) => {
  authenticate(socket as unknown as ChatSocket).then(
    (known) => {
      next(known ? undefined : new Error('unauthenticated'));
    },
    (error: unknown) => {
      next(new Error('unavailable', { cause: error }));
    },
  );
});
io.on('connection', (socket) => {
  const chatting = socket as unknown as ChatSocket;
  socket.on('join', (request: Join, answer: (rows: unknown) => void) => {
    join(chatting, request).then(answer, report);
  });
  socket.on('post', (posted: Posted, answer: (stored: unknown) => void) => {
    post(chatting, posted).then(answer, report);
  });
});
http.listen(Number(process.env['PORT']), '127.0.0.1');
process.once('SIGTERM', () => {
  void io.close().then(() => pool.end());
});

async function authenticate(socket: ChatSocket): Promise<boolean> {
  const { token } = socket.handshake.auth as { token?: string };
  const { rows } = await pool.query<{ user_id: UserId }>({
    name: 'session',
    text: 'select user_id from sessions where token = $1',
    values: [token],
  });
  const [session] = rows;
  if (session !== undefined) socket.data.userId = session.user_id;
  return session !== undefined;
}

async function join(socket: ChatSocket, { roomId, after, newest }: Join): Promise<unknown> {
  const member = await pool.query({
    name: 'member',
    text: 'select 1 from memberships where room_id = $1 and user_id = $2',
    values: [roomId, socket.data.userId],
  });
  if (member.rowCount === 0) throw new Error('not a member');
  await socket.join(roomId);
  const columns = 'id, number, author, written, arrived, text';
  const { rows } = await pool.query(
    after === undefined
      ? {
          name: 'newest',
          text: `select ${columns} from messages where room_id = $1 order by number desc limit $2`,
          values: [roomId, newest],
        }
      : {
          name: 'after',
          text: `select ${columns} from messages where room_id = $1 and number > $2 order by number`,
          values: [roomId, after],
        },
  );
  return rows;
}

async function post(socket: ChatSocket, { id, roomId, at, text }: Posted): Promise<unknown> {
  if (!socket.rooms.has(roomId)) throw new Error('not in the room');
  const arrived = Date.now();
  const author = socket.data.userId;
  const { rows } = await pool.query<{ number: string }>({
    name: 'insert',
    text: `insert into messages (id, room_id, author, written, arrived, text)
      values ($1, $2, $3, $4, $5, $6) returning number`,
    values: [id, roomId, author, at, arrived, text],
  });
  const stored = { id, number: rows[0]?.number, author, written: at, arrived, text };
  io.to(roomId).emit('message', { roomId, ...stored });
  return { number: stored.number };
}

function report(error: unknown): void {
  process.stderr.write(`${String(error)}\n`);
}
