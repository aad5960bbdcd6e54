import { pageDocumentName, roomDocumentName } from '@skerry/protocol/documentName.ts';
import { MAX_FRAME_BYTES } from '@skerry/protocol/limits.ts';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  newMessageId,
  ordered,
  post,
  startHarness,
  until,
  type Attached,
  type Harness,
  type Person,
} from '../../test/harness.ts';

let harness: Harness;
const accidents: unknown[] = [];
const note = (cause: unknown) => accidents.push(cause);
beforeAll(async () => {
  process.on('unhandledRejection', note);
  harness = await startHarness();
});
afterAll(async () => {
  process.off('unhandledRejection', note);
  await harness.stop();
});

async function pair() {
  const [ann, eve] = [await harness.person('Ann'), await harness.person('Eve')];
  const roomId = await harness.room([
    [ann, 'owner'],
    [eve, 'member'],
  ]);
  const reader = await harness.device(ann).page(roomId);
  const device = harness.device(eve);
  return { ann, eve, roomId, reader, device, page: await device.page(roomId) };
}

function audited(person: Person) {
  return harness.db.kysely
    .selectFrom('audit')
    .select(['action', 'reason'])
    .where('actor_id', '=', person.id)
    .execute();
}

const FORGERIES: [string, string, (page: Attached, ann: Person, id: string) => void][] = [
  [
    'another author',
    'author',
    ({ doc }, ann) => {
      doc.getMap('messages').set(newMessageId(), { by: ann.id, at: 1, text: 'forged' });
    },
  ],
  [
    "another person's text",
    'author',
    ({ doc }, ann, id) => {
      doc.getMap('messages').set(id, { by: ann.id, at: 1, text: 'forged' });
    },
  ],
  [
    'a place in the order',
    'root',
    ({ doc }) => {
      doc.getArray('order').push([[newMessageId(), 1, 1]]);
    },
  ],
  [
    "a delete of another person's message",
    'delete',
    ({ doc }, _, id) => {
      doc.getMap('messages').delete(id);
    },
  ],
];

test.each(FORGERIES)(
  'B10 D4 %s is not stored, not relayed, audited, and closes the document',
  async (_, rule, forge) => {
    const { ann, eve, roomId, reader, page } = await pair();
    const id = post(reader.doc, ann, 'honest');
    await until('the honest message at Eve', () => ordered(page.doc).length === 1);
    forge(page, ann, id);
    await until('the document to be closed', () => page.closed.length > 0);
    expect(JSON.parse(page.closed[0] ?? '')).toMatchObject({ rule });
    await until('the audit row', async () => (await audited(eve)).length === 1);
    expect(await audited(eve)).toEqual([{ action: 'sync.hostile', reason: rule }]);
    const fresh = await harness.device(ann).attach(pageDocumentName(roomId, 0));
    expect(fresh.doc.getMap('messages').toJSON()).toEqual({
      [id]: expect.objectContaining({ by: ann.id, text: 'honest' }) as unknown,
    });
    expect(ordered(fresh.doc)).toEqual([id]);
    const again = post(reader.doc, ann, 'others go on');
    await until('the next message', () => ordered(fresh.doc).includes(again));
  },
);

test('D4 a socket that goes on is closed whole', async () => {
  const [ann, eve] = [await harness.person('Ann'), await harness.person('Eve')];
  const device = harness.device(eve);
  for (let i = 0; i < 3; i++) {
    const roomId = await harness.room([[eve, 'owner']]);
    const page = await device.attach(pageDocumentName(roomId, 0));
    page.doc.getMap('messages').set(newMessageId(), { by: ann.id, at: 1, text: 'forged' });
    await until('the document to be closed', () => page.closed.length > 0);
  }
  await until('the socket to be closed', () => device.closes.includes(4409));
  device.close();
});

test('D5 T4 T5 a soft refusal names its key, closes nothing, and the next message goes through', async () => {
  const { eve, page } = await pair();
  const id = newMessageId();
  page.doc.getMap('messages').set(id, { by: eve.id, at: 1, text: 'a\0b' });
  await until('the refusal', () => page.said.length > 0);
  expect(page.said).toEqual([
    { type: 'refused', code: 'shape', key: `messages/${id}`, client: page.doc.clientID },
  ]);
  expect(page.closed).toEqual([]);
  const fresh = await harness.device(eve).attach(page.provider.configuration.name);
  const next = post(fresh.doc, eve, 'fine');
  await until('the next message', () => ordered(fresh.doc).length === 1);
  expect(ordered(fresh.doc)).toEqual([next]);
});

test('T8 a NUL in one message does not hold up the messages of others', async () => {
  const { ann, eve, reader, page } = await pair();
  page.doc.getMap('messages').set(newMessageId(), { by: eve.id, at: 1, text: 'a\0b' });
  for (let i = 0; i < 10; i++) post(reader.doc, ann, String(i));
  await until('ten messages', () => ordered(reader.doc).length === 10);
});

test('D7 T12 a copy with what the server never stored is told to rebuild, not accused', async () => {
  const { ann, eve, roomId } = await pair();
  const copy = new Y.Doc();
  copy.getMap('messages').set(newMessageId(), { by: ann.id, at: 1, text: 'before the restore' });
  copy.getArray('order').push([[newMessageId(), 1, 1]]);
  const page = await harness.device(eve).attach(pageDocumentName(roomId, 0), { doc: copy });
  await until('rebuild', () => page.said.some(({ type }) => type === 'rebuild'));
  expect(page.closed).toEqual([]);
  const room = await harness.device(eve).attach(roomDocumentName(roomId), { doc: roomCopy() });
  await until('rebuild', () => room.said.some(({ type }) => type === 'rebuild'));
  expect(room.closed).toEqual([]);
});

function roomCopy(): Y.Doc {
  const copy = new Y.Doc();
  copy.getMap('meta').set('name', 'another');
  return copy;
}

test('D8 T25 step ones above 5 in 10 s are put off, a flood ends the socket', async () => {
  const { page, device } = await pair();
  for (let i = 0; i < 60; i++) page.provider.forceSync();
  await until('the socket to be closed', () => device.closes.includes(4429));
  device.close();
});

test('garbage on the socket ends that socket and nothing else', async () => {
  const { ann, reader } = await pair();
  const name = Buffer.from(pageDocumentName(await harness.room([[ann, 'owner']]), 0));
  const address = Buffer.concat([Buffer.from([name.length]), name]);
  const frames: (Buffer | string)[] = [
    Buffer.from([]),
    Buffer.from([255, 255, 255, 255, 255]),
    Buffer.from('hello'),
    'text',
    Buffer.concat([address, Buffer.from([0, 2, 5, 1])]),
    Buffer.concat([address, Buffer.from([2, 0, 200])]),
    Buffer.concat([address, Buffer.from([1, 3, 1, 1, 1])]),
    Buffer.concat([address, Buffer.from([99, 1, 2])]),
    Buffer.alloc(MAX_FRAME_BYTES + 1),
  ];
  for (const frame of frames) {
    const socket = new WebSocket(`ws://127.0.0.1:${String(harness.port)}/sync`);
    let isClosed = false;
    socket.on('close', () => (isClosed = true));
    socket.on('error', () => undefined);
    await until('the socket', () => socket.readyState === WebSocket.OPEN);
    socket.send(frame);
    socket.send(frame);
    socket.close();
    await until('the end', () => isClosed);
  }
  post(reader.doc, ann, 'still there');
  await until('an answer', () => ordered(reader.doc).length === 1);
  expect(accidents).toEqual([]);
});

const INSIDE: [string, number[]][] = [
  ['an unknown kind of sync', [0, 9, 1, 1]],
  ['an update that ends early', [0, 2, 200, 1]],
  ['a stateless message that ends early', [5, 250]],
  ['awareness that ends early', [1, 3, 1, 1, 1]],
  ['a broadcast of the server', [6, 1, 65]],
  ['an unknown kind of message', [42]],
];

test.each(INSIDE)('%s closes its document or its socket and nothing else', async (_, tail) => {
  const { ann, reader, page, device } = await pair();
  const name = Buffer.from(page.provider.configuration.name);
  device.socket.webSocket?.send(
    Buffer.concat([Buffer.from([name.length]), name, Buffer.from(tail)]),
  );
  await until('a close', () => page.closed.length > 0 || device.closes.length > 0);
  post(reader.doc, ann, 'still there');
  await until('an answer', () => ordered(reader.doc).length === 1);
  expect(accidents).toEqual([]);
});
