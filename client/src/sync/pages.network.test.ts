import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import type { MessageId, RoomId } from '@skerry/protocol/ids.ts';
import { createDecoder, readVarString } from 'lib0/decoding';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { fillRoom } from '../../../sync-server/test/fillRoom.ts';
import { startServer, type RunningServer } from '../../../sync-server/test/serverProcess.ts';
import {
  createDatabase,
  openSqlAccess,
  type SqlAccess,
} from '../../../sync-server/test/sqlAccess.ts';
import {
  createRoom,
  joinRoom,
  signUpStranger,
  type Stranger,
} from '../../../sync-server/test/stranger.ts';
import { startTcpProxy, type TcpProxy } from '../../../sync-server/test/tcpProxy.ts';
import {
  startPostgres,
  type ThrowawayPostgres,
} from '../../../sync-server/test/throwawayPostgres.ts';
import { untilTrue } from '../../../sync-server/test/untilTrue.ts';
import { post } from '../../test/sync/operations.ts';
import { createMemoryStore, type LocalStore } from './localStore.ts';
import { addOperation, claimOperations } from './outbox.ts';
import { openSkerry } from './skerry.ts';
import type { OpenRoom, Skerry } from './views.ts';

const START_LIMIT_MS = 60_000;

let postgres: ThrowawayPostgres;
let access: SqlAccess;
let server: RunningServer;
let proxy: TcpProxy;
let rooms = 0;
const open: Skerry[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  const url = await createDatabase(postgres.url);
  access = openSqlAccess(url);
  server = await startServer({ DATABASE_URL: url, SEND_BURST: '100000' });
  proxy = await startTcpProxy(server.port);
}, START_LIMIT_MS);
afterEach(async () => {
  proxy.set('pass');
  await Promise.all(open.splice(0).map((skerry) => skerry.close()));
});
afterAll(async () => {
  await proxy.close();
  await server.dispose();
  await access.close();
  await postgres.stop();
});

interface Reader {
  skerry: Skerry;
  room: OpenRoom;
  /** Documents that were attached, in the order of first attaching. */
  attached: () => string[];
  /** Documents that are attached now. */
  held: () => string[];
}

interface Filled {
  roomId: RoomId;
  ann: Stranger;
  ids: MessageId[];
}

/** A room of Ann's with a history of her and of Bo. */
async function fill(count: number, perPage?: number): Promise<Filled> {
  rooms += 1;
  const ann = await signUpStranger(server.url, `ann${rooms}`);
  const bo = await signUpStranger(server.url, `bo${rooms}`);
  const roomId = await createRoom(server.url, ann, `room ${rooms}`);
  await joinRoom(server.url, bo, roomId);
  const authors = [ann, bo].map(({ id, handle }) => ({ id, name: handle, avatar: '10' }));
  // The room's documents leave the server's memory before they are written beside it.
  await server.kill('SIGTERM');
  const ids = await fillRoom(access, {
    roomId,
    authors,
    count,
    ...(perPage === undefined ? {} : { perPage }),
  });
  await server.start();
  return { roomId, ann, ids };
}

async function read({ roomId, ann }: Filled, storage?: LocalStore): Promise<Reader> {
  const attached: string[] = [];
  const held = new Set<string>();
  const AUTHENTICATE = 2;
  const CLOSE = 7;
  class WatchedWebSocket extends WebSocket {
    override send(data: string | BufferSource | Blob): void {
      if (data instanceof Uint8Array) {
        const decoder = createDecoder(data);
        const name = readVarString(decoder);
        const type = decoder.arr[decoder.pos];
        if (type === AUTHENTICATE) {
          if (!attached.includes(name)) attached.push(name);
          held.add(name);
        }
        if (type === CLOSE) held.delete(name);
      }
      super.send(data);
    }
  }
  const skerry = await openSkerry({
    person: { id: ann.id, name: ann.handle, avatar: '10' },
    url: `ws://127.0.0.1:${proxy.port}/sync`,
    bearer: ann.token,
    WebSocketPolyfill: WatchedWebSocket,
    wakeSources: { page: undefined, scope: new EventTarget() },
    guarded: true,
    ...(storage === undefined ? {} : { storage }),
  });
  open.push(skerry);
  const room = skerry.openRoom(roomId);
  return {
    skerry,
    room,
    attached: () => attached.map(short),
    held: () => [...held].map(short).sort(),
  };
}

function short(name: string): string {
  const [kind, , page] = name.split(':');
  return page === undefined ? (kind ?? '') : `page ${page}`;
}

function numbers({ room }: Reader): number[] {
  return room.messages.get().flatMap(({ number }) => number ?? []);
}

function from(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

test('B22 a new device shows the newest 50 of 10,000 messages from the head alone', async () => {
  const filled = await fill(10_000);
  const before = proxy.bytes.down;
  const reader = await read(filled);
  await untilTrue('the newest are there', () => numbers(reader).length >= 50);
  const bytes = proxy.bytes.down - before;
  expect(numbers(reader)).toEqual(from(9_729, 10_000));
  expect(reader.attached()).toEqual(['user', 'room', 'page 19']);
  expect(bytes).toBeLessThan(500_000);
  process.stdout.write(`newest of 10,000 messages: ${bytes} bytes\n`);
});

test('B22 a head with few messages brings the page before it, and no more', async () => {
  const reader = await read(await fill(3 * 512 + 20));
  await untilTrue('the newest are there', () => numbers(reader).length === 532);
  expect(numbers(reader)).toEqual(from(1_025, 1_556));
  expect(reader.attached()).toEqual(['user', 'room', 'page 3', 'page 2']);
  expect(reader.room.older.get()).toBe('more');
});

/** Reads back until this number is in the list, with twelve messages on screen, as a list does. */
async function readBackTo(reader: Reader, number: number): Promise<void> {
  const { room } = reader;
  while ((numbers(reader)[0] ?? Infinity) > number) {
    const top = numbers(reader)[0] ?? 0;
    room.show(top, top + 12);
    room.loadOlder();
    await untilTrue('older ones came', () => (numbers(reader)[0] ?? Infinity) < top);
  }
  room.show(number, number + 12);
}

test('B22 however far back one reads, a handful of documents is attached', async () => {
  const reader = await read(await fill(2_000, 100));
  await untilTrue('the newest are there', () => numbers(reader).length === 100);
  let most = 0;
  const stop = reader.room.messages.subscribe(() => {
    most = Math.max(most, reader.held().length);
  });
  await readBackTo(reader, 1);
  stop();
  expect(numbers(reader)).toEqual(from(1, 2_000));
  expect(reader.room.older.get()).toBe('none');
  // User, room, head, two pages on screen, a neighbour, and one on its way.
  expect(most).toBeLessThanOrEqual(7);
  await untilTrue('the others are let go', () => reader.held().length === 5);
  expect(reader.held()).toEqual(['page 0', 'page 1', 'page 19', 'room', 'user']);
  reader.room.show(undefined, undefined);
  await untilTrue('the end is all that is held', () => reader.held().length === 4);
  expect(reader.held()).toEqual(['page 18', 'page 19', 'room', 'user']);
  expect(numbers(reader)).toEqual(from(1, 2_000));
});

test('a page that comes on screen again shows what happened to it meanwhile', async () => {
  const filled = await fill(500, 100);
  const [phone, laptop] = [await read(filled), await read(filled)];
  for (const reader of [phone, laptop]) {
    await untilTrue('the newest are there', () => numbers(reader).length === 100);
    await readBackTo(reader, 1);
  }
  phone.room.show(450, 460);
  await untilTrue('page 0 is let go', () => !phone.held().includes('page 0'));
  const [id] = filled.ids;
  if (id === undefined) throw new Error('the room is empty');
  await laptop.room.edit(id, 'edited long after');
  await untilTrue('it is stored', () => laptop.skerry.outbox.get().length === 0);
  const unedited = phone.room.messages.get();
  expect(unedited[0]?.content).toMatchObject({ text: 'message 1' });
  phone.room.show(10, 20);
  await untilTrue('the edit is there', () => textOf(phone, id) === 'edited long after');
  // Nothing else of that page became another entry.
  expect(phone.room.messages.get().slice(1)).toEqual(unedited.slice(1));
  expect(phone.room.messages.get()[1]).toBe(unedited[1]);
});

test('refuse: without a connection the list says that there is more, and brings it with one', async () => {
  const reader = await read(await fill(500, 100));
  await untilTrue('the newest are there', () => numbers(reader).length === 100);
  reader.room.loadOlder();
  await untilTrue('page 3 is there', () => numbers(reader).length === 200);
  proxy.set('refuse');
  await untilTrue('it is offline', () => reader.skerry.connection.get() === 'offline');
  reader.room.loadOlder();
  await untilTrue('it is known', () => reader.room.older.get() === 'not-on-device');
  expect(numbers(reader)).toEqual(from(301, 500));
  proxy.set('pass');
  reader.skerry.reconnect();
  await untilTrue('page 2 is there', () => numbers(reader).length === 300, 30_000);
  expect(reader.room.older.get()).toBe('more');
});

test('a link to a message on an older page reads back as far as that page', async () => {
  const filled = await fill(1_000, 100);
  const reader = await read(filled);
  await untilTrue('the newest are there', () => numbers(reader).length === 100);
  const sought = filled.ids[349];
  if (sought === undefined) throw new Error('the room is short');
  const stop = reader.room.seek(sought);
  await untilTrue('it is in the list', () => textOf(reader, sought) === 'message 350');
  stop();
  expect(numbers(reader)).toEqual(from(301, 1_000));
  expect(reader.attached()).not.toContain('page 2');
});

test('T12 what was sent to a page that a restored server does not have goes to its head', async () => {
  const filled = await fill(20);
  const storage = createMemoryStore();
  const written = post('written before the restore', filled.roomId);
  const lost = { document: pageDocumentName(filled.roomId, 5) };
  const value = { ...written.value, by: filled.ann.id };
  await storage.change(addOperation({ ...written, value, target: lost }));
  await storage.change(claimOperations([written.opId], { ...lost, client: 7, clock: 0 }).rule);
  const reader = await read(filled, storage);
  await untilTrue('it is stored', () => numbers(reader).length === 21, 30_000);
  expect(textOf(reader, written.messageId)).toBe('written before the restore');
  expect(numbers(reader)).toEqual(from(1, 21));
  expect(reader.room.messages.get()).toHaveLength(21);
  expect(reader.skerry.tray.get()).toEqual([]);
});

function textOf({ room }: Reader, id: MessageId): string | undefined {
  const content = room.messages.get().find((message) => message.id === id)?.content;
  return content?.kind === 'text' ? content.text : undefined;
}
