import { randomUUID } from 'node:crypto';
import { RoomAnswer } from '@skerry/protocol/api/rooms.ts';
import { pageDocumentName, roomDocumentName } from '@skerry/protocol/documentName.ts';
import type { MessageId, RoomId } from '@skerry/protocol/ids.ts';
import { messagesOf, readOrder } from '@skerry/protocol/page/pageDoc.ts';
import * as encoding from 'lib0/encoding';
import { v7 as uuidv7 } from 'uuid';
import type * as Y from 'yjs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  openPlainClient,
  ticketOf,
  upgrade,
  type PlainClient,
  type PlainOptions,
} from '../../test/plainClient.ts';
import { openDevice } from '../../test/stranger.ts';
import { startTestServer, type Person, type TestServer } from '../../test/testServer.ts';
import { untilTrue } from '../../test/untilTrue.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
const undo: (() => void)[] = [];
afterEach(() => {
  for (const each of undo.splice(0).reverse()) each();
});

async function newTicket({ token }: Person): Promise<string> {
  return ticketOf((await server.call('POST', '/api/sync-tickets', { token })).json);
}

async function open(who: Person, name: string, options?: PlainOptions): Promise<PlainClient> {
  const client = await openPlainClient(server.url, name, () => newTicket(who), options);
  undo.push(client.close);
  return client;
}

/** A room of Ann's that Bo has joined. */
async function room() {
  const [ann, bo] = [await server.person(), await server.person()];
  const created = await server.call('POST', '/api/rooms', {
    token: ann.token,
    body: { name: `Room ${randomUUID()}`, kind: 'public' },
  });
  const { id } = RoomAnswer.parse(created.json).room;
  await server.call('POST', `/api/rooms/${id}/join`, { token: bo.token });
  return { ann, bo, roomId: id, page: pageDocumentName(id, 0) };
}

function write(doc: Y.Doc, by: Person, text: string, id = uuidv7() as MessageId): MessageId {
  messagesOf(doc).set(id, { by: by.id, at: Date.now(), text });
  return id;
}
const ids = (doc: Y.Doc) => readOrder(doc).map(([id]) => id);
const socketAddress = (name: string, ticket: string) =>
  `${server.url.replace('http', 'ws')}/yjs/${name}?ticket=${ticket}`;

test('T34 a y-websocket client reads a room and a page, posts, and sees its id in the order', async () => {
  const { bo, roomId, page } = await room();
  const meta = (await open(bo, roomDocumentName(roomId))).doc.getMap('meta');
  expect(meta.get('head')).toBe(0);
  const client = await open(bo, page);
  const id = write(client.doc, bo, 'from a plain client');
  await untilTrue('its number', () => ids(client.doc).includes(id));
  const again = await open(bo, page);
  expect(messagesOf(again.doc).get(id)).toMatchObject({ text: 'from a plain client' });
});

test('T34 two y-websocket clients and one of our own protocol agree', async () => {
  const { ann, bo, roomId, page } = await room();
  const [first, second] = [await open(ann, page), await open(bo, page)];
  const device = openDevice(server.url, { ...bo, id: bo.id as never });
  undo.push(device.close);
  const own = await device.openPage(roomId);
  for (let n = 0; n < 5; n++) {
    write(first.doc, ann, `first ${n}`);
    write(second.doc, bo, `second ${n}`);
    own.post(`own ${n}`);
  }
  const docs = [first.doc, second.doc, own.doc];
  await untilTrue('all of it everywhere', () => docs.every((doc) => ids(doc).length === 15));
  const [one, ...others] = docs.map((doc) => ({
    order: readOrder(doc),
    messages: messagesOf(doc).toJSON(),
  }));
  for (const other of others) expect(other).toEqual(one);
  expect([first.closes, second.closes]).toEqual([[], []]);
});

test('T34 what was written offline arrives after a reconnect with a new ticket', async () => {
  const { ann, bo, page } = await room();
  const client = await open(bo, page, { renew: true });
  client.provider.disconnect();
  const written = [0, 1, 2].map((n) => write(client.doc, bo, `offline ${n}`));
  client.provider.connect();
  const reader = await open(ann, page);
  await untilTrue('they arrive', () => ids(reader.doc).length === 3);
  expect(ids(reader.doc)).toEqual(written);
});

test('T34 D15 a refusal closes with its code; after three there is a minute of 429', async () => {
  const { bo, page } = await room();
  const client = await open(bo, page);
  write(client.doc, bo, 'x'.repeat(16_385));
  await untilTrue('the refusal', () => client.closes.length === 1);
  expect(client.closes).toEqual([{ code: 4409, reason: 'too-large' }]);
  for (let n = 2; n <= 3; n++) {
    const again = await open(bo, page, { doc: client.doc });
    await untilTrue('the refusal', () => again.closes.length === 1);
    expect(again.closes).toEqual([{ code: 4409, reason: 'too-large' }]);
    again.provider.destroy();
  }
  const barred = await upgrade(socketAddress(page, await newTicket(bo)));
  expect(barred.status).toBe(429);
  expect(Number(barred.headers['retry-after'])).toBeGreaterThan(0);
  const elsewhere = await open(bo, `user:${bo.id}`);
  expect(elsewhere.provider.synced).toBe(true);
  server.ahead.ms += 60_000;
  expect((await open(bo, page)).provider.synced).toBe(true);
});

test('T34 a client that is to wait is asked for everything again, and loses nothing', async () => {
  const slow = await startTestServer({ SEND_BURST: '2', SEND_PER_SECOND: '20' });
  undo.push(() => void slow.close());
  const ann = await slow.person();
  const created = await slow.call('POST', '/api/rooms', {
    token: ann.token,
    body: { name: 'Slow', kind: 'public' },
  });
  const page = pageDocumentName(RoomAnswer.parse(created.json).room.id, 0);
  const client = await openPlainClient(slow.url, page, async () =>
    ticketOf((await slow.call('POST', '/api/sync-tickets', { token: ann.token })).json),
  );
  undo.push(client.close);
  const written = Array.from({ length: 8 }, (_, n) => write(client.doc, ann, `paced ${n}`));
  await untilTrue('all are stored', () => ids(client.doc).length === 8);
  expect(ids(client.doc)).toEqual(written);
  expect(client.closes).toEqual([]);
});

test('D14 a ticket opens one socket, in its minute, while its session lives', async () => {
  const { bo, page } = await room();
  const status = async (ticket: string) => {
    const answer = await upgrade(socketAddress(page, ticket));
    answer.socket.terminate();
    return answer.status;
  };
  const used = await newTicket(bo);
  expect([await status(used), await status(used)]).toEqual([101, 401]);
  const late = await newTicket(bo);
  server.ahead.ms += 60_001;
  expect(await status(late)).toBe(401);
  const [unknown, bad] = ['A'.repeat(43), "'--"];
  expect([await status(unknown), await status(bad), await status('')]).toEqual([401, 401, 401]);
  const orphan = await newTicket(bo);
  await server.call('DELETE', '/api/sessions/current', { token: bo.token });
  expect(await status(orphan)).toBe(401);
});

test.each(['page:x:0', 'user:', 'constructor', ''])('"%s" is no document to open', async (name) => {
  const ann = await server.person();
  expect((await upgrade(socketAddress(name, await newTicket(ann)))).status).toBe(404);
});

test('D14 a ticket is of a person, not of a document: what they may not open stays closed', async () => {
  const { ann, page } = await room();
  const stranger = await server.person();
  const closed = async (name: string) => (await open(stranger, name)).closes;
  expect(await closed(page)).toEqual([{ code: 4403, reason: 'not-a-member' }]);
  expect(await closed(`user:${ann.id}`)).toEqual([{ code: 4403, reason: 'forbidden' }]);
  const nowhere = pageDocumentName(uuidv7() as RoomId, 0);
  expect(await closed(nowhere)).toEqual([{ code: 4403, reason: 'room-not-found' }]);
});

test('B12 a removed member and an ended session lose their sockets at once', async () => {
  const { ann, bo, roomId, page } = await room();
  const [left, stays] = [await open(bo, page), await open(ann, page)];
  await server.call('DELETE', `/api/rooms/${roomId}/membership`, { token: bo.token });
  await untilTrue('the page is closed', () => left.closes.length > 0);
  expect(left.closes).toEqual([{ code: 4403, reason: 'not-a-member' }]);
  await server.call('DELETE', '/api/sessions/current', { token: ann.token });
  await untilTrue('the socket is closed', () => stays.closes.length > 0);
  expect(stays.closes).toEqual([{ code: 4401, reason: 'unauthenticated' }]);
});

test('B10 a hostile update over y-websocket is not stored, not relayed, audited', async () => {
  const { ann, bo, page } = await room();
  const reader = await open(ann, page);
  const attacker = await open(bo, page);
  const forged = write(attacker.doc, ann, 'forged');
  await untilTrue('the refusal', () => attacker.closes.length > 0);
  expect(attacker.closes).toEqual([{ code: 4409, reason: 'author' }]);
  const kept = write(reader.doc, ann, 'kept');
  await untilTrue('its number', () => ids(reader.doc).includes(kept));
  expect(messagesOf(reader.doc).has(forged)).toBe(false);
  const audited = await server.db.kysely
    .selectFrom('audit')
    .select(['action', 'reason'])
    .where('actor_id', '=', bo.id as never)
    .execute();
  expect(audited).toEqual([{ action: 'sync.hostile', reason: 'author' }]);
});

test.each([
  ['a stateless message', [5, 2, 123, 125]],
  ['a close', [7]],
  ['a token', [2, 0, 0]],
  ['nothing', []],
  ['an unknown type', [99]],
])('%s is no y-websocket frame', async (_what, bytes) => {
  const { bo, page } = await room();
  const { socket } = await upgrade(socketAddress(page, await newTicket(bo)));
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  socket.send(Uint8Array.from(bytes));
  expect(await closed).toBe(4400);
});

test('D9 presence over y-websocket is made from the session, and told when asked', async () => {
  const { ann, bo, roomId } = await room();
  const name = roomDocumentName(roomId);
  const [typist, watcher] = [await open(bo, name), await open(ann, name)];
  typist.provider.awareness.setLocalState({ typing: true, user: { id: ann.id, name: 'Ann?' } });
  const shown = () =>
    [...watcher.provider.awareness.getStates().values()].find(
      (state) => (state['user'] as { id?: string } | undefined)?.id === bo.id,
    );
  await untilTrue('Bo types', () => shown() !== undefined);
  expect(shown()).toEqual({
    user: { id: bo.id, name: bo.handle, avatar: expect.any(String) as string },
    typing: true,
  });

  const { socket, frames } = await upgrade(socketAddress(name, await newTicket(ann)));
  undo.push(() => {
    socket.terminate();
  });
  const told = () => frames.filter((frame) => Buffer.from(frame).includes(bo.id) && frame[0] === 1);
  await untilTrue('who is here', () => told().length === 1);
  socket.send(
    encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, 3);
    }),
  );
  await untilTrue('the answer', () => told().length === 2);
});

test('D14 a ticket is neither stored nor logged, and a repeated request gets another one', async () => {
  const { bo, page } = await room();
  const headers = { 'idempotency-key': randomUUID() };
  const ask = () => server.call('POST', '/api/sync-tickets', { token: bo.token, headers });
  const tickets = [ticketOf((await ask()).json), ticketOf((await ask()).json)];
  expect(new Set(tickets).size).toBe(2);
  for (const table of ['sync_tickets', 'idempotency_keys'] as const) {
    const stored = JSON.stringify(await server.db.kysely.selectFrom(table).selectAll().execute());
    for (const ticket of tickets) expect(stored).not.toContain(ticket);
  }
  for (const ticket of tickets) {
    (await upgrade(socketAddress(page, ticket))).socket.terminate();
    expect((await upgrade(socketAddress(page, ticket))).status).toBe(401);
  }
  const logged = server.logged.join('\n');
  expect(logged).toContain('request answered');
  for (const ticket of tickets) expect(logged).not.toContain(ticket);
});

test('a session has at most 64 open tickets: the oldest goes', async () => {
  const { bo, page } = await room();
  const first = await newTicket(bo);
  server.ahead.ms += 1;
  for (let n = 0; n < 64; n++) await newTicket(bo);
  expect((await upgrade(socketAddress(page, first))).status).toBe(401);
  const kept = await server.db.kysely
    .selectFrom('sync_tickets')
    .innerJoin('sessions', 'sessions.id', 'sync_tickets.session_id')
    .select('hash')
    .where('sessions.user_id', '=', bo.id as never)
    .execute();
  expect(kept).toHaveLength(64);
});
