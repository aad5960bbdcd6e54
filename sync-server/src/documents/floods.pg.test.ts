import { pageDocumentName, roomDocumentName } from '@skerry/protocol/documentName.ts';
import { MAX_FRAME_BYTES } from '@skerry/protocol/limits.ts';
import { encodeStateless } from '@skerry/protocol/stateless.ts';
import * as Y from 'yjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  newMessageId,
  ordered,
  post,
  startHarness,
  until,
  type Harness,
} from '../../test/harness.ts';
import { openRawSocket, sized, varUint, type RawSocket } from '../../test/rawSocket.ts';

const [SYNC, AWARENESS, AUTH, QUERY_AWARENESS, STATELESS, UPDATE] = [0, 1, 2, 3, 5, 2];

let now = Date.now();
let harness: Harness;
beforeAll(async () => {
  // A clock that stands still: no token comes back.
  harness = await startHarness({ pacing: { burst: 100, perSecond: 10 }, clock: () => now });
});
afterAll(() => harness.stop());

async function pair() {
  const [ann, eve] = [await harness.person('Ann'), await harness.person('Eve')];
  const roomId = await harness.room([
    [ann, 'owner'],
    [eve, 'member'],
  ]);
  const raw = await openRawSocket(harness.port, eve);
  const [room, page] = [roomDocumentName(roomId), pageDocumentName(roomId, 0)];
  await raw.open(room);
  await raw.open(page);
  return { ann, eve, raw, room, page, reader: await harness.device(ann).page(roomId) };
}

type Pair = Awaited<ReturnType<typeof pair>>;

async function expectOthersGoOn({ ann, reader }: Pair): Promise<void> {
  const id = post(reader.doc, ann, 'others go on');
  await until('an answer', () => ordered(reader.doc).includes(id));
}

const ping = (id: number) => sized(Buffer.from(encodeStateless({ type: 'ping', id })));

/** Code of Hocuspocus for a socket that asks for too much before it has opened it. */
const TOO_MANY_PENDING = 4205;

type Send = (raw: RawSocket, of: Pair, i: number) => void;
const FLOODS: [what: string, count: number, code: number, send: Send][] = [
  [
    'stateless messages',
    3_000,
    4429,
    (raw, { page }, i) => {
      raw.send(page, STATELESS, ping(i));
    },
  ],
  [
    'stateless messages that nobody understands',
    3_000,
    4429,
    (raw, { page }) => {
      raw.send(page, STATELESS, sized(Buffer.alloc(2_000, 'x')));
    },
  ],
  [
    'requests for everybody’s presence',
    200,
    4429,
    (raw, { room }) => {
      raw.send(room, QUERY_AWARENESS);
    },
  ],
  [
    'requests to open documents that are not there',
    1_000,
    TOO_MANY_PENDING,
    (raw, { eve }) => {
      raw.send(`page:${newMessageId()}:0`, AUTH, 0, sized(Buffer.from(eve.session)));
    },
  ],
  [
    'new tokens for an open document',
    1_000,
    4429,
    (raw, { page }) => {
      raw.send(page, AUTH, 0, 1, 65);
    },
  ],
  [
    'presence',
    2_000,
    4429,
    (raw, { room }, i) => {
      raw.send(room, AWARENESS, presence(7, i));
    },
  ],
];

function presence(client: number, clock: number): Buffer {
  const state = sized(Buffer.from(JSON.stringify({ typing: clock % 2 === 0 })));
  return sized(Buffer.from([1, client, ...varUint(clock), ...state]));
}

test.each(FLOODS)(
  'B10 D17 a flood of %s ends the socket and nothing else',
  async (_, count, code, send) => {
    const scene = await pair();
    for (let i = 1; i <= count; i++) send(scene.raw, scene, i);
    await until('the end', () => scene.raw.closed() === code);
    await expectOthersGoOn(scene);
  },
);

const ENDINGS: [what: string, code: number, send: (raw: RawSocket, page: string) => void][] = [
  [
    'a flood',
    4429,
    (raw, page) => {
      for (let i = 1; i <= 501; i++) raw.send(page, STATELESS, ping(i));
    },
  ],
  [
    'a bad frame',
    4400,
    (raw) => {
      raw.socket.send(Buffer.from([200]));
    },
  ],
  [
    'a text frame',
    1003,
    (raw) => {
      raw.socket.send('text');
    },
  ],
];

test.each(ENDINGS)('D17 what is sent after %s is not taken', async (_, code, end) => {
  const scene = await pair();
  const written = new Y.Doc();
  const id = post(written, scene.eve, 'too late');
  end(scene.raw, scene.page);
  scene.raw.send(scene.page, SYNC, UPDATE, sized(Y.encodeStateAsUpdate(written)));
  await until('the end', () => scene.raw.closed() === code);
  await expectOthersGoOn(scene);
  expect(ordered(scene.reader.doc)).not.toContain(id);
});

test('D17 presence above 20 in 10 s is put off, so that a room is not sent each of it', async () => {
  const scene = await pair();
  const seen = await harness.device(scene.ann).attach(scene.room, { awareness: true });
  let changes = 0;
  seen.provider.awareness?.on('change', () => changes++);
  for (let i = 1; i <= 400; i++) scene.raw.send(scene.room, AWARENESS, presence(7, i));
  await scene.raw.ping(scene.room);
  await scene.raw.ping(scene.page);
  await expectOthersGoOn(scene);
  expect(scene.raw.closed()).toBeUndefined();
  expect(changes).toBeLessThanOrEqual(20);
});

test('D18 repeating what is stored is paced by its size', async () => {
  const scene = await pair();
  for (let i = 0; i < 20; i++) post(scene.reader.doc, scene.ann, 'x'.repeat(8_000));
  await until('the messages', () => ordered(scene.reader.doc).length === 20);
  const known = Y.encodeStateAsUpdate(scene.reader.doc);
  for (let i = 0; i < 20; i++) scene.raw.send(scene.page, SYNC, UPDATE, sized(known));
  await until('patience', () => scene.raw.frames.some((frame) => frame.includes('"later"')));
  now += 60_000;
  await expectOthersGoOn(scene);
  expect(scene.raw.closed()).toBeUndefined();
});

test('a frame above 256 KB ends its socket with 1009', async () => {
  const scene = await pair();
  scene.raw.socket.send(Buffer.alloc(MAX_FRAME_BYTES + 1));
  await until('the end', () => scene.raw.closed() === 1009);
  await expectOthersGoOn(scene);
});

test('D12 what waits for a document to open is bounded', async () => {
  const ann = await harness.person('Ann');
  const roomId = await harness.room([[ann, 'owner']]);
  const raw = await openRawSocket(harness.port, ann);
  const name = pageDocumentName(roomId, 0);
  // Nothing asks to open it: all of it would wait.
  for (let i = 0; i < 10; i++) raw.send(name, SYNC, UPDATE, sized(Buffer.alloc(200_000)));
  await until('the end', () => raw.closed() !== undefined);
});
