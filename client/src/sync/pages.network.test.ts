import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import type { MessageId, RoomId } from '@skerry/protocol/ids.ts';
import { SEND_WINDOW } from '@skerry/protocol/limits.ts';
import { createDecoder, readVarString, readVarUint } from 'lib0/decoding';
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
import { addOperation, claimOperations, type NewOperation } from './outbox.ts';
import { openSkerry } from './skerry.ts';
import type { OpenRoom, Skerry } from './views.ts';

const START_LIMIT_MS = 60_000;
/** Types of frames, and of those of them that carry Yjs. */
const [SYNC, AUTHENTICATE, CLOSE] = [0, 2, 7];
const UPDATE = 2;

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
  /** Yjs updates that it sent. */
  updates: () => number;
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
  let updates = 0;
  class WatchedWebSocket extends WebSocket {
    override send(data: string | BufferSource | Blob): void {
      if (data instanceof Uint8Array) {
        const decoder = createDecoder(data);
        const name = readVarString(decoder);
        const type = readVarUint(decoder);
        if (type === SYNC && readVarUint(decoder) === UPDATE) updates += 1;
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
    updates: () => updates,
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
  await laptop.room.edit(id)('edited long after');
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

test('T3 refuse: 530 messages written offline go on in the next page, in order and all at once', async () => {
  const filled = await fill(0);
  const [writer, other] = [await read(filled), await read(filled)];
  for (const { room } of [writer, other]) {
    await untilTrue('the room is there', () => room.status.get() === 'ready');
  }
  proxy.set('refuse');
  await untilTrue('it is offline', () => writer.skerry.connection.get() === 'offline');
  const written = from(1, 530).map((number) => `offline ${number}`);
  for (const text of written) await writer.room.post(text);
  // A message of the second page that is taken back and one that is reworded before they leave.
  const [last, before] = writer.room.messages.get().toReversed();
  if (last === undefined || before === undefined) throw new Error('nothing was written');
  await writer.room.remove(last.id);
  await writer.room.edit(before.id)('reworded');
  const expected = [...written.slice(0, -2), 'reworded'];
  expect(texts(writer)).toEqual(expected);

  const sent = writer.updates();
  let fewest = Infinity;
  writer.room.messages.subscribe(() => {
    fewest = Math.min(fewest, texts(writer).length);
  });
  proxy.set('pass');
  for (const { skerry } of [writer, other]) skerry.reconnect();
  await untilTrue('all left', () => writer.skerry.outbox.get().length === 0, 50_000);
  for (const reader of [writer, other]) {
    await untilTrue('both have all', () => texts(reader).join() === expected.join(), 20_000);
    expect(numbers(reader)).toEqual(from(1, 529));
    expect(reader.attached()).toContain('page 1');
  }
  // None went missing between the outbox and the next page.
  expect(fewest).toBe(529);
  // What the closed page did not take had left in one window, and leaves once more.
  expect(writer.updates() - sent).toBeLessThanOrEqual(529 + SEND_WINDOW);
  expect(writer.skerry.tray.get()).toEqual([]);
});

test('T3 refuse: 300 messages of 15 KB written offline arrive, in order, over as many pages as it takes', async () => {
  const filled = await fill(0);
  const [writer, other] = [await read(filled), await read(filled)];
  for (const { room } of [writer, other]) {
    await untilTrue('the room is there', () => room.status.get() === 'ready');
  }
  proxy.set('refuse');
  await untilTrue('it is offline', () => writer.skerry.connection.get() === 'offline');
  const written = from(1, 300).map((number) => `${number} ${'x'.repeat(15_000)}`);
  for (const text of written) await writer.room.post(text);
  proxy.set('pass');
  writer.skerry.reconnect();
  await untilTrue('all left', () => writer.skerry.outbox.get().length === 0, 50_000);
  expect(writer.skerry.tray.get()).toEqual([]);
  const stored = await access.sql(
    'select text, page from messages where room_id = $1 order by number',
    [filled.roomId],
  );
  expect(stored.map(({ text }) => text)).toEqual(written);
  // 17 or 18 of them reach 256 KiB.
  expect(stored.at(-1)?.['page']).toBe(16);
  other.skerry.reconnect();
  await untilTrue('the other has the newest', () => texts(other).at(-1) === written.at(-1), 20_000);
});

test('T12 what was sent to a page that a restored server does not have goes to its head', async () => {
  const filled = await fill(20);
  const [storage, written] = await sentBefore(filled, 5);
  const reader = await read(filled, storage);
  await untilTrue('it is stored', () => numbers(reader).length === 21, 30_000);
  expect(textOf(reader, written.messageId)).toBe('sent before');
  expect(numbers(reader)).toEqual(from(1, 21));
  expect(reader.room.messages.get()).toHaveLength(21);
  expect(reader.skerry.tray.get()).toEqual([]);
});

test('my words on a new head stay in the list until the room tells of that page', async () => {
  const filled = await fill(20);
  // It keeps the room and its head of then in the server's memory.
  const first = await read(filled);
  await untilTrue('the messages are there', () => numbers(first).length === 20);
  await untilTrue('the room is there', () => first.room.meta.get()?.head === 0);
  await access.sql(
    `insert into documents (name, room_id, page, first_number) values ($1, $2, 1, 21)`,
    [pageDocumentName(filled.roomId, 1), filled.roomId],
  );
  await access.sql(`update rooms set head = 1 where id = $1`, [filled.roomId]);
  const [storage, written] = await sentBefore(filled, 1);
  const reader = await read(filled, storage);
  await untilTrue('it is stored', () => numbers(reader).includes(21));
  await untilTrue('that is known', () => reader.skerry.outbox.get().length === 0);
  expect(reader.room.meta.get()?.head).toBe(0);
  expect(textOf(reader, written.messageId)).toBe('sent before');
});

/** A device's outbox with a message of Ann's that was sent to this page, without an answer. */
async function sentBefore(
  { roomId, ann }: Filled,
  page: number,
): Promise<[LocalStore, NewOperation]> {
  const storage = createMemoryStore();
  const written = post('sent before', roomId);
  const target = { document: pageDocumentName(roomId, page) };
  await storage.change(
    addOperation({ ...written, value: { ...written.value, by: ann.id }, target }),
  );
  await storage.change(claimOperations([written.opId], { ...target, client: 7, clock: 0 }).rule);
  return [storage, written];
}

function texts({ room }: Reader): string[] {
  return room.messages
    .get()
    .flatMap(({ content }) => (content.kind === 'text' ? content.text : []));
}

function textOf({ room }: Reader, id: MessageId): string | undefined {
  const content = room.messages.get().find((message) => message.id === id)?.content;
  return content?.kind === 'text' ? content.text : undefined;
}
