import type { RoomId } from '@skerry/protocol/ids.ts';
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
import { openSkerry } from './skerry.ts';
import type { OpenRoom, Skerry } from './views.ts';

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

async function openDevice(account: Stranger, port: number): Promise<Skerry> {
  const skerry = await openSkerry({
    person: { id: account.id, name: account.handle, avatar: '10' },
    url: `ws://127.0.0.1:${port}/sync`,
    bearer: account.token,
    wakeSources: { page: undefined, scope: new EventTarget() },
    guarded: true,
  });
  open.push(skerry);
  await untilTrue('it is online', () => skerry.connection.get() === 'online');
  return skerry;
}

/** Ann with a phone behind the proxy and a laptop, and Bo, who writes. */
async function annAndBo() {
  people += 1;
  const ann = await signUpStranger(server.url, `ann${people}`);
  const bo = await signUpStranger(server.url, `bo${people}`);
  const roomId = await createRoom(server.url, bo, `room ${people}`);
  await joinRoom(server.url, ann, roomId);
  const phone = await openDevice(ann, proxy.port);
  const laptop = await openDevice(ann, server.port);
  const writer = (await openDevice(bo, server.port)).openRoom(roomId);
  await untilTrue('Bo is in the room', () => writer.status.get() === 'ready');
  return { phone, laptop, writer, roomId };
}

function unreadIn(skerry: Skerry, roomId: RoomId): number | undefined {
  return skerry.rooms.get()?.find(({ id }) => id === roomId)?.unread;
}

function numbers(room: OpenRoom): number[] {
  return room.messages.get().flatMap(({ number }) => number ?? []);
}

async function write(writer: OpenRoom, count: number): Promise<void> {
  const before = numbers(writer).length;
  for (let n = 0; n < count; n += 1) await writer.post(`message ${before + n + 1}`);
  await untilTrue('they are stored', () => numbers(writer).length === before + count);
}

test('B15 refuse: phone reads offline, laptop marks unread, a late one lands: both agree', async () => {
  const { phone, laptop, writer, roomId } = await annAndBo();
  await write(writer, 10);
  const onPhone = phone.openRoom(roomId);
  const onLaptop = laptop.openRoom(roomId);
  for (const room of [onPhone, onLaptop])
    await untilTrue('all is here', () => numbers(room).length === 10);
  const shown = [phone, laptop].map((skerry) => () => unreadIn(skerry, roomId));
  for (const unread of shown) await untilTrue('ten are unread', () => unread() === 10);

  proxy.set('refuse');
  await untilTrue('the phone is offline', () => phone.connection.get() !== 'online');
  await onPhone.readUpTo(10, { number: 0 });
  expect(shown[0]?.()).toBe(0); // at once
  expect(phone.outbox.get()).toEqual([]); // nothing that could be lost
  await onLaptop.readUpTo(10, { number: 0 });
  await onLaptop.markUnread(7);
  await untilTrue('the server has it', () => shown[1]?.() === 4);
  await write(writer, 1);

  proxy.set('pass');
  for (const unread of shown) await untilTrue('four and the late one', () => unread() === 5);
  expect(onPhone.mark.get()).toEqual(onLaptop.mark.get());
  expect(onLaptop.mark.get()).toEqual({ number: 10, except: [7, 8, 9, 10] });

  await onPhone.readUpTo(11, onPhone.mark.get() ?? { number: 0 });
  for (const unread of shown) await untilTrue('no badge is left', () => unread() === 0);
});

test('B15 B16 a room that is not open is counted by the server, after any absence', async () => {
  const { phone, writer, roomId } = await annAndBo();
  proxy.set('refuse');
  await untilTrue('the phone is offline', () => phone.connection.get() !== 'online');
  await write(writer, 5);
  proxy.set('pass');
  await untilTrue('the summary came', () => unreadIn(phone, roomId) === 5);
});

test('B15 what was said before I joined is not unread, on any device', async () => {
  const { writer, roomId } = await annAndBo();
  await write(writer, 5);
  const eve = await signUpStranger(server.url, `eve${people}`);
  await joinRoom(server.url, eve, roomId);
  const [phone, laptop] = [await openDevice(eve, server.port), await openDevice(eve, server.port)];
  const onPhone = phone.openRoom(roomId);
  await untilTrue('all is here', () => numbers(onPhone).length === 5);
  expect(onPhone.mark.get()).toEqual({ number: 5 });
  expect(unreadIn(phone, roomId)).toBe(0);
  await write(writer, 1);
  for (const device of [phone, laptop])
    await untilTrue('one is unread', () => unreadIn(device, roomId) === 1);
  await onPhone.readUpTo(6, { number: 5 });
  for (const device of [phone, laptop])
    await untilTrue('none is unread', () => unreadIn(device, roomId) === 0);
});

test('T16 my message is read when somebody else has read it', async () => {
  const { laptop, writer, roomId } = await annAndBo();
  await write(writer, 1);
  const delivery = () => writer.messages.get()[0]?.delivery?.state;
  await untilTrue('it is stored', () => delivery() === 'onServer');
  const room = laptop.openRoom(roomId);
  await untilTrue('it is here', () => numbers(room).length === 1);
  await room.readUpTo(1, { number: 0 });
  await untilTrue('Bo sees it', () => delivery() === 'read', 20_000);
});

test('B11 a refusal in one room never stops another', async () => {
  const { laptop, writer, roomId } = await annAndBo();
  const other = await annAndBo();
  // Ann is no member of the other room.
  const lost = laptop.openRoom(other.roomId);
  const mine = laptop.openRoom(roomId);
  await Promise.all([lost.post('not mine'), mine.post('mine'), lost.post('nor this')]);
  await untilTrue('Bo has it', () => numbers(writer).length === 1);
  await untilTrue('the others are set aside', () => laptop.tray.get().length === 2);
  expect(laptop.tray.get().map(({ refusal }) => refusal?.code)).toEqual([
    'not-a-member',
    'not-a-member',
  ]);
  await mine.post('goes on');
  await untilTrue('Bo has that too', () => numbers(writer).length === 2);
  // The echo to its author may come after Bo has it.
  await untilTrue('it left the outbox', () => laptop.outbox.get().length === 0);
});
