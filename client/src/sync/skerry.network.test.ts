import { cpSync, renameSync, rmSync } from 'node:fs';
import type { RoomId } from '@skerry/protocol/ids.ts';
import { createDecoder, readVarString, readVarUint, readVarUint8Array } from 'lib0/decoding';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startServer, type RunningServer } from '../../../sync-server/test/serverProcess.ts';
import {
  createRoom,
  joinRoom,
  signUpStranger,
  type Stranger,
} from '../../../sync-server/test/stranger.ts';
import { startTcpProxy, type TcpProxy } from '../../../sync-server/test/tcpProxy.ts';
import { untilTrue } from '../../../sync-server/test/untilTrue.ts';
import { post } from '../../test/sync/operations.ts';
import { createMemoryStore, type LocalStore } from './localStore.ts';
import { addOperation } from './outbox.ts';
import { openSkerry } from './skerry.ts';
import type { OpenRoom, Skerry } from './views.ts';

/** New messages have to be there so long after waking (B19). */
const AFTER_WAKING_MS = 3_000;
const START_LIMIT_MS = 60_000;

let server: RunningServer;
let proxy: TcpProxy;
let people = 0;
const open: Skerry[] = [];

beforeAll(async () => {
  server = await startServer({ SEND_BURST: '100000' });
  proxy = await startTcpProxy(server.port);
}, START_LIMIT_MS);
afterEach(async () => {
  proxy.set('pass');
  await Promise.all(open.splice(0).map((skerry) => skerry.close()));
});
afterAll(async () => {
  await proxy.close();
  await server.dispose();
});

interface Client {
  skerry: Skerry;
  room: OpenRoom;
  /** Every frame that this client's sockets were given. */
  frames: Uint8Array[];
  /** Where its signs of waking come from. */
  scope: EventTarget;
}

/** Ann behind the proxy and Bo straight at the server, in one room. */
async function annAndBo(): Promise<{ ann: Client; bo: Client; roomId: RoomId; annToken: string }> {
  people += 1;
  const annAccount = await signUpStranger(server.url, `ann${people}`);
  const boAccount = await signUpStranger(server.url, `bo${people}`);
  const roomId = await createRoom(server.url, annAccount, `room ${people}`);
  await joinRoom(server.url, boAccount, roomId);
  const ann = await openClient(annAccount, proxy.port, roomId);
  const bo = await openClient(boAccount, server.port, roomId);
  await untilTrue('both are in the room', () => isIn(ann) && isIn(bo));
  return { ann, bo, roomId, annToken: annAccount.token };
}

async function openClient(
  account: Stranger,
  port: number,
  roomId: RoomId,
  storage?: LocalStore,
): Promise<Client> {
  const frames: Uint8Array[] = [];
  class RecordingWebSocket extends WebSocket {
    override send(data: string | BufferSource | Blob): void {
      if (data instanceof Uint8Array) frames.push(new Uint8Array(data));
      super.send(data);
    }
  }
  const scope = new EventTarget();
  const skerry = await openSkerry({
    person: { id: account.id, name: account.handle, avatar: '10' },
    url: `ws://127.0.0.1:${port}/sync`,
    bearer: account.token,
    WebSocketPolyfill: RecordingWebSocket,
    wakeSources: { page: undefined, scope },
    guarded: true,
    ...(storage === undefined ? {} : { storage }),
  });
  open.push(skerry);
  return { skerry, room: skerry.openRoom(roomId), frames, scope };
}

function isIn({ skerry, room }: Client): boolean {
  return skerry.connection.get() === 'online' && room.status.get() === 'ready';
}

function texts({ room }: Client): string[] {
  return room.messages
    .get()
    .flatMap(({ content }) => (content.kind === 'text' ? content.text : []));
}

function ids({ room }: Client): string[] {
  return room.messages.get().map((message) => message.id);
}

test('B2 drop answers: what arrived without an answer is there once after 20 reconnects', async () => {
  const { ann, bo } = await annAndBo();
  for (let round = 1; round <= 20; round += 1) {
    // Nothing is sent before my own document is synced, and that needs an answer.
    await untilTrue('the line works', () => ann.skerry.connection.get() === 'online');
    proxy.set('drop-answers');
    await ann.room.post(`message ${round}`);
    await untilTrue('it arrived', () => texts(bo).length === round);
    expect(ann.room.messages.get().at(-1)?.delivery).toEqual({ state: 'onDevice' });
    proxy.cut();
    proxy.set('pass');
    await untilTrue('the answer was found', () => ann.skerry.outbox.get().length === 0);
  }
  await untilTrue('both show the same', () => ids(ann).join() === ids(bo).join());
  expect(texts(bo)).toEqual(Array.from({ length: 20 }, (_, index) => `message ${index + 1}`));
});

test('B3 refuse: a sender’s order holds on a flapping line', async () => {
  const { ann, bo } = await annAndBo();
  const written: string[] = [];
  for (let round = 1; round <= 10; round += 1) {
    for (let n = 0; n < 5; n += 1) {
      written.push(`${round}.${n}`);
      await ann.room.post(`${round}.${n}`);
    }
    // In the middle of the batch, whatever got through.
    proxy.cut();
    await untilTrue('Ann is cut off', () => ann.skerry.connection.get() !== 'online');
    await untilTrue('Ann is back', () => ann.skerry.connection.get() === 'online');
  }
  await untilTrue('all arrived', () => texts(bo).length === written.length, 30_000);
  expect(texts(bo)).toEqual(written);
  await untilTrue('Ann knows', () => ann.skerry.outbox.get().length === 0);
  expect(texts(ann)).toEqual(written);
});

test('B7 refuse: what is deleted before it was sent never leaves, and nothing else is re-sent', async () => {
  const { ann, bo } = await annAndBo();
  proxy.set('refuse');
  await untilTrue('Ann is offline', () => ann.skerry.connection.get() !== 'online');
  const sent = ann.frames.length;
  await ann.room.post('a kept control message');
  await ann.room.remove(await ann.room.post('a marker that must not leave'));
  const edited = await ann.room.post('a first wording');
  await ann.room.edit(edited)('a second wording');
  expect(texts(ann)).toEqual(['a kept control message', 'a second wording']);

  proxy.set('pass');
  await untilTrue('they arrive', () => texts(bo).length === 2);
  expect(texts(bo)).toEqual(['a kept control message', 'a second wording']);
  const bytes = Buffer.concat(ann.frames).toString('latin1');
  expect(bytes).toContain('a kept control message');
  expect(bytes).not.toContain('a marker that must not leave');
  expect(bytes).not.toContain('a first wording');
  // One operation, one update; nothing was waiting in the provider, nothing is in its answer.
  expect(updatesIn(ann.frames.slice(sent))).toEqual({ updates: 2, inAnswers: 0 });
});

test('B19 vanished network: after waking, new messages are there within 3 s', async () => {
  const { ann, bo } = await annAndBo();
  for (const event of ['focus', 'pageshow', 'online']) {
    proxy.freezeOpen();
    await bo.room.post(`before ${event}`);
    await untilTrue('it is stored', () => bo.skerry.outbox.get().length === 0);
    ann.scope.dispatchEvent(new Event(event));
    await untilTrue(
      `it is there after ${event}`,
      () => texts(ann).includes(`before ${event}`),
      AFTER_WAKING_MS,
    );
  }
});

test('half-open: a silent socket is found and replaced without any sign of waking', async () => {
  const { ann, bo } = await annAndBo();
  proxy.freezeOpen();
  await ann.room.post('into the void');
  await untilTrue(
    'it arrives on a fresh socket',
    () => texts(bo).includes('into the void'),
    20_000,
  );
  await untilTrue('Ann knows', () => ann.skerry.outbox.get().length === 0);
  expect(texts(bo)).toEqual(['into the void']);
});

test('hang: a server that never answers is told from one that does', async () => {
  const { ann, bo } = await annAndBo();
  proxy.set('hang');
  ann.scope.dispatchEvent(new Event('online'));
  await untilTrue('Ann is not online', () => ann.skerry.connection.get() !== 'online');
  await ann.room.post('written meanwhile');
  proxy.cut();
  proxy.set('pass');
  await untilTrue('it arrives', () => texts(bo).includes('written meanwhile'));
});

test('rooms that are not on screen are sent to as well', async () => {
  const { ann, bo } = await annAndBo();
  proxy.set('refuse');
  await untilTrue('Ann is offline', () => ann.skerry.connection.get() !== 'online');
  await ann.room.post('left behind');
  ann.room.close();
  proxy.set('pass');
  await untilTrue('it arrives', () => texts(bo).includes('left behind'));
  await untilTrue('Ann knows', () => ann.skerry.outbox.get().length === 0);
});

test('SIGKILL of the server: nothing that showed “on server” is missing afterwards', async () => {
  const { ann, bo } = await annAndBo();
  for (let n = 0; n < 30; n += 1) void ann.room.post(`message ${n}`);
  await untilTrue('some are stored', () => stored(ann).length > 0);
  await server.kill();
  const shown = stored(ann);
  await server.start();
  await untilTrue('all arrive', () => texts(bo).length === 30, 30_000);
  expect(ids(bo)).toEqual(expect.arrayContaining(shown));
  expect(texts(bo)).toEqual(Array.from({ length: 30 }, (_, n) => `message ${n}`));
});

function stored({ room }: Client): string[] {
  return room.messages.get().flatMap((m) => (m.delivery?.state === 'onServer' ? m.id : []));
}

test('B13 an ended session keeps everything readable and the outbox waiting', async () => {
  const { ann, annToken } = await annAndBo();
  await ann.room.post('before');
  await untilTrue('it is stored', () => ann.skerry.outbox.get().length === 0);
  const answer = await fetch(`${server.url}/api/sessions/current`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${annToken}` },
  });
  expect(answer.status).toBe(204);
  await untilTrue('Ann is signed out', () => ann.skerry.connection.get() === 'signed-out');
  await ann.room.post('after');
  expect(texts(ann)).toEqual(['before', 'after']);
  expect(ann.skerry.outbox.get()).toHaveLength(1);
  expect(ann.skerry.tray.get()).toEqual([]);
  ann.skerry.reconnect();
  await untilTrue('it was tried', () => ann.skerry.connection.get() === 'signed-out');
});

test('a room of others is forbidden, and what was written for it is set aside', async () => {
  const { ann } = await annAndBo();
  const { bo: stranger } = await annAndBo();
  const room = stranger.skerry.openRoom(ann.room.id);
  await untilTrue('it is forbidden', () => room.status.get() === 'forbidden');
  await room.post('let me in');
  await untilTrue('it is set aside', () => stranger.skerry.tray.get().length === 1);
  expect(stranger.skerry.tray.get()[0]?.refusal?.code).toBe('not-a-member');
  expect(stranger.skerry.outbox.get()).toEqual([]);
});

test('B11 a refusal in one room never stops another', async () => {
  const { ann, bo } = await annAndBo();
  const { ann: stranger } = await annAndBo();
  const lost = ann.skerry.openRoom(stranger.room.id);
  await Promise.all([lost.post('not mine'), ann.room.post('mine'), lost.post('nor this')]);
  await untilTrue('Bo has mine', () => texts(bo).includes('mine'));
  await untilTrue('the others are set aside', () => ann.skerry.tray.get().length === 2);
  const reasons = ann.skerry.tray.get().map(({ text, refusal }) => [text, refusal?.code]);
  expect(reasons).toEqual([
    ['not mine', 'not-a-member'],
    ['nor this', 'not-a-member'],
  ]);
  await ann.room.post('goes on');
  await untilTrue('Bo has that too', () => texts(bo).includes('goes on'));
  await untilTrue('nothing waits', () => ann.skerry.outbox.get().length === 0);
});

test('what the server calls hostile is set aside alone, and the others go on', async () => {
  const { ann: other, roomId } = await annAndBo();
  people += 1;
  const account = await signUpStranger(server.url, `cy${people}`);
  await joinRoom(server.url, account, roomId);
  const storage = createMemoryStore();
  // Ann's name under Cy's words: no honest client makes this.
  const forged = post('forged', roomId);
  await storage.change(addOperation(forged));
  const cy = await openClient(account, server.port, roomId, storage);
  await untilTrue('it is loaded', () => cy.skerry.outbox.get().length > 0);
  await cy.room.post('honest');
  await untilTrue('the honest one arrives', () => texts(other).includes('honest'), 30_000);
  await untilTrue('all is settled', () => cy.skerry.outbox.get().length === 0);
  expect(texts(other)).toEqual(['honest']);
  expect(cy.skerry.tray.get().map(({ text, refusal }) => [text, refusal?.code])).toEqual([
    ['forged', 'author'],
  ]);
});

test('a full disk: words that are kept already still go, once', async () => {
  const { bo, roomId, annToken } = await annAndBo();
  const me = open.find((skerry) => skerry !== bo.skerry);
  if (me === undefined) throw new Error('Ann is not open');
  await me.close();
  const written = post('kept before', roomId);
  const value = { ...written.value, by: me.userId };
  const memory = createMemoryStore();
  await memory.change(addOperation({ ...written, value }));
  const storage: LocalStore = {
    ...memory,
    change: () => Promise.reject(new DOMException('no space', 'QuotaExceededError')),
  };
  const account = { id: me.userId, token: annToken, handle: 'ann' };
  const ann = await openClient(account, server.port, roomId, storage);
  await untilTrue('it arrives', () => texts(bo).includes('kept before'));
  await untilTrue('Ann knows', () => ann.skerry.outbox.get().length === 0);
  await expect(ann.room.post('not kept')).rejects.toThrow('no space');
  expect(texts(ann)).toEqual(['kept before']);
  expect(texts(bo)).toEqual(['kept before']);
});

test('T12 a server restored from a backup: the copy is fetched anew, the outbox is untouched', async () => {
  const { ann, bo } = await annAndBo();
  await ann.room.post('in the backup');
  await untilTrue('both have it', () => texts(bo).length === 1 && stored(ann).length === 1);
  await server.kill('SIGTERM');
  const backup = `${server.dataDir}-backup`;
  cpSync(server.dataDir, backup, { recursive: true });
  await server.start();
  await bo.room.post('lost with the disk');
  await untilTrue('Ann has it', () => texts(ann).includes('lost with the disk'), 30_000);
  proxy.set('refuse');
  await ann.room.post('written meanwhile');
  await server.kill('SIGTERM');
  rmSync(server.dataDir, { recursive: true });
  renameSync(backup, server.dataDir);
  await server.start();
  proxy.set('pass');
  const after = ['in the backup', 'written meanwhile'];
  for (const one of [ann, bo]) {
    await untilTrue('the copy is the server’s', () => texts(one).join() === after.join(), 30_000);
  }
  await untilTrue('Ann knows', () => ann.skerry.outbox.get().length === 0);
  expect(ann.skerry.tray.get()).toEqual([]);
});

/** Yjs updates among frames, and the bytes of structs in answers to the server's sync questions. */
function updatesIn(frames: readonly Uint8Array[]): { updates: number; inAnswers: number } {
  const found = { updates: 0, inAnswers: 0 };
  for (const frame of frames) {
    const decoder = createDecoder(frame);
    readVarString(decoder);
    if (readVarUint(decoder) !== 0) continue;
    const type = readVarUint(decoder);
    const { length } = readVarUint8Array(decoder);
    if (type === 2) found.updates += 1;
    // Two bytes say: no structs, no deletes. The delete set alone is everybody's and harmless.
    if (type === 1 && length > 2) found.inAnswers += 1;
  }
  return found;
}
