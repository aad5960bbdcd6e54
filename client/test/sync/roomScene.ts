import type { ArrivalNumber, MessageId, UserId } from '@skerry/protocol/ids.ts';
import * as fc from 'fast-check';
import type { RoomDatabase, RoomNode, RoomNodes } from '../../../sync-server/test/roomNodes.ts';
import type { ListedMessage } from '../../src/sync/views.ts';
import { openRoomDevice, type RoomDevice } from './roomDevice.ts';

/** Ann has two devices, Bo one. */
const DEVICES = 3;
const device = fc.nat(DEVICES - 1);
const node = fc.nat(1);
const pick = fc.nat(20);
const frames = fc.integer({ min: 1, max: 20 });

export const step = fc.oneof(
  weighted(9, { do: fc.constant('post' as const), device }),
  weighted(3, { do: fc.constant('edit' as const), device, pick }),
  weighted(1, { do: fc.constant('remove' as const), device, pick }),
  weighted(3, { do: fc.constant('read' as const), device, pick }),
  weighted(1, { do: fc.constant('markUnread' as const), device, pick }),
  weighted(5, { do: fc.constant('up' as const), device, frames }),
  weighted(5, { do: fc.constant('down' as const), device, frames }),
  weighted(8, { do: fc.constant('sync' as const), device }),
  weighted(2, { do: fc.constant('cut' as const), device, late: fc.boolean() }),
  weighted(5, { do: fc.constant('connect' as const), device, node }),
  weighted(2, { do: fc.constant('late' as const), device }),
  weighted(3, { do: fc.constant('time' as const), device }),
  weighted(1, { do: fc.constant('restart' as const), device, keep: fc.boolean() }),
  weighted(3, { do: fc.constant('news' as const), node }),
  weighted(1, { do: fc.constant('restartNode' as const), node }),
  weighted(1, { do: fc.constant('lock' as const), locked: fc.boolean() }),
  weighted(1, { do: fc.constant('retry' as const), device }),
  weighted(1, { do: fc.constant('backUp' as const) }),
  weighted(1, { do: fc.constant('restore' as const) }),
);
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function weighted<T>(weight: number, model: { [K in keyof T]: fc.Arbitrary<T[K]> }) {
  return { weight, arbitrary: fc.record(model) };
}

/** What people did, to compare with what came of it. */
export interface Story {
  /** Per device, its messages in the order of writing. */
  written: MessageId[][];
  /** Per message, all words that each device gave it, in order. */
  words: Map<MessageId, Map<number, string[]>>;
  /** By which devices. */
  deleted: Map<MessageId, Set<number>>;
  /** Were set aside once, or something done to them was. */
  refused: Set<MessageId>;
  /** Were stored, but are not in the backup that was restored. */
  lost: Set<MessageId>;
  /** Per person, whatever the device: how far they looked, and what they marked unread since. */
  reading: Map<UserId, { upTo: ArrivalNumber; unread: Set<ArrivalNumber> }>;
  backup: 'none' | 'made' | 'restored';
}

export interface Scene {
  nodes: RoomNodes;
  devices: readonly RoomDevice[];
  /** Which process each device is connected to, if it is. */
  at: (number | undefined)[];
  story: Story;
}

export async function openScene(database: RoomDatabase): Promise<Scene> {
  const ann = await database.insertPerson('Ann');
  const bo = await database.insertPerson('Bo');
  const nodes = await database.openRoom([ann, bo]);
  let time = Date.now();
  // Nothing happens twice in a millisecond, on whatever device.
  const now = (): number => (time += 1);
  const devices: RoomDevice[] = [];
  for (const userId of [ann, ann, bo])
    devices.push(await openRoomDevice(nodes.roomId, userId, now));
  const scene: Scene = {
    nodes,
    devices,
    at: [],
    story: {
      written: devices.map(() => []),
      words: new Map(),
      deleted: new Map(),
      refused: new Set(),
      lost: new Set(),
      reading: new Map([ann, bo].map((userId) => [userId, { upTo: 0, unread: new Set() }])),
      backup: 'none',
    },
  };
  for (const [index] of devices.entries()) {
    connect(scene, index, index % 2);
    await sync(nodes, deviceAt(scene, index));
  }
  return scene;
}

export async function play(scene: Scene, step: Step): Promise<void> {
  const { nodes, story } = scene;
  if ('device' in step) {
    const who = deviceAt(scene, step.device);
    await playOn(scene, who, step);
    for (const row of who.disk.rows().tray) story.refused.add(row.messageId);
    return;
  }
  switch (step.do) {
    case 'news':
      await nodeAt(scene, step.node).catchUp();
      return;
    case 'restartNode':
      await nodeAt(scene, step.node).stop();
      for (const [index, at] of scene.at.entries()) if (at === step.node) cut(scene, index, false);
      return;
    case 'lock':
      await nodes.setLocked(step.locked);
      return;
    case 'backUp':
      if (story.backup === 'restored') return;
      await nodes.backUp();
      story.backup = 'made';
      return;
    case 'restore':
      if (story.backup === 'made') await restore(scene);
      return;
    default:
      step satisfies never;
  }
}

async function playOn(
  scene: Scene,
  who: RoomDevice,
  step: Extract<Step, { device: number }>,
): Promise<void> {
  const { story } = scene;
  switch (step.do) {
    case 'post': {
      const text = `words ${story.words.size}`;
      const id = await who.room().post(text);
      story.written[step.device]?.push(id);
      story.words.set(id, new Map([[step.device, [text]]]));
      return;
    }
    case 'edit': {
      const message = pickOwn(who, step.pick);
      // A refused delete leaves its message in the list.
      if (message === undefined || story.deleted.has(message.id)) return;
      edits += 1;
      const text = `edit ${edits}`;
      const words = story.words.get(message.id);
      words?.set(step.device, [...(words.get(step.device) ?? []), text]);
      await who.room().edit(message.id)(text);
      return;
    }
    case 'remove': {
      const message = pickOwn(who, step.pick);
      if (message === undefined) return;
      const by = story.deleted.get(message.id) ?? new Set();
      story.deleted.set(message.id, by.add(step.device));
      await who.room().remove(message.id);
      return;
    }
    case 'read': {
      const [number, mark] = [pickNumber(who, step.pick), who.room().mark.get()];
      if (number === undefined || mark === undefined) return;
      await who.room().readUpTo(number, mark);
      const reading = story.reading.get(who.userId);
      if (reading === undefined) return;
      reading.upTo = Math.max(reading.upTo, number);
      // Where it was not known yet that they are unread they stay so.
      for (const each of [...reading.unread]) if (each <= number) reading.unread.delete(each);
      return;
    }
    case 'markUnread': {
      const number = pickNumber(who, step.pick);
      if (number === undefined) return;
      const before = who.room().mark.get()?.except ?? [];
      await who.room().markUnread(number);
      for (const each of who.room().mark.get()?.except ?? [])
        if (!before.includes(each)) story.reading.get(who.userId)?.unread.add(each);
      return;
    }
    case 'up':
      for (let frame = 0; frame < step.frames; frame += 1) await who.pipe()?.moveUp();
      return;
    case 'down':
      for (let frame = 0; frame < step.frames; frame += 1) await who.pipe()?.moveDown();
      return;
    case 'sync':
      await sync(scene.nodes, who);
      return;
    case 'cut':
      cut(scene, step.device, step.late);
      return;
    case 'connect':
      if (who.pipe() === undefined) connect(scene, step.device, step.node);
      return;
    case 'late':
      await who.moveLate();
      return;
    case 'time':
      who.runTimers();
      return;
    case 'restart':
      scene.at[step.device] = undefined;
      await who.restart(step.keep);
      return;
    case 'retry':
      await retry(who);
      return;
    default:
      step satisfies never;
  }
}
let edits = 0;

/** Everybody's connection dies with the server; what was stored since the backup is gone from it. */
async function restore({ nodes, devices, at, story }: Scene): Promise<void> {
  for (const [index, one] of devices.entries()) {
    one.cut(false);
    one.forgetLate();
    at[index] = undefined;
  }
  const before = await nodes.readProjection();
  await nodes.restore();
  const after = new Set((await nodes.readProjection()).map(({ id }) => id));
  for (const { id } of before) if (!after.has(id)) story.lost.add(id);
  story.backup = 'restored';
}

/** The room was locked. */
async function retry(who: RoomDevice): Promise<boolean> {
  const refused = who.disk.rows().tray.filter(({ refusal }) => refusal.code === 'room-locked');
  for (const { opId } of refused) await who.skerry().retry(opId);
  return refused.length > 0;
}

export function deviceAt({ devices }: Scene, index: number): RoomDevice {
  const found = devices[index];
  if (found === undefined) throw new Error('there is no such device');
  return found;
}

function nodeAt({ nodes }: Scene, index: number): RoomNode {
  return index === 0 ? nodes.nodes[0] : nodes.nodes[1];
}

function connect(scene: Scene, index: number, to: number): void {
  const { nodes } = scene;
  scene.at[index] = to;
  deviceAt(scene, index).connect({
    open: nodeAt(scene, to).open,
    tellReading: async (about, userId) => {
      const rooms = await nodes.countUnread(userId);
      if (about === 'unread') return { type: 'unread', rooms };
      return { type: 'summary', epoch: await nodes.readEpoch(), rooms };
    },
  });
}

function cut(scene: Scene, index: number, late: boolean): void {
  scene.at[index] = undefined;
  deviceAt(scene, index).cut(late);
}

function pickOwn(who: RoomDevice, pick: number): ListedMessage | undefined {
  const own = who
    .room()
    .messages.get()
    .filter(({ mine, content }) => mine && content.kind === 'text');
  // Of the newest ones, which may be on their way.
  return own.at(-1 - (pick % Math.max(own.length, 1)));
}

function pickNumber(who: RoomDevice, pick: number): number | undefined {
  const numbers = who
    .room()
    .messages.get()
    .flatMap(({ number }) => number ?? []);
  return numbers.at(-1 - (pick % Math.max(numbers.length, 1)));
}

async function sync(nodes: RoomNodes, who: RoomDevice): Promise<void> {
  for (let rounds = 0; rounds < 500; rounds += 1) {
    if (!(await moveBothWays(nodes, who))) return;
    await settle(nodes);
  }
  throw new Error('the device never came to rest');
}

async function moveBothWays(nodes: RoomNodes, who: RoomDevice): Promise<boolean> {
  const up = (await who.pipe()?.moveUp()) ?? false;
  await settle(nodes);
  const down = (await who.pipe()?.moveDown()) ?? false;
  return up || down;
}

/** The lines are good and the room is open from now on; goes on until nothing moves any more. */
export async function heal(scene: Scene): Promise<void> {
  const { devices, nodes } = scene;
  await nodes.setLocked(false);
  for (const [index, one] of devices.entries())
    if (one.pipe() === undefined) connect(scene, index, index % 2);
  let calm = 0;
  for (let rounds = 0; rounds < 500; rounds += 1) {
    for (const one of devices) {
      while (await one.moveLate());
      await sync(nodes, one);
    }
    for (const one of nodes.nodes) await one.catchUp();
    await settle(nodes);
    let goesOn = false;
    for (const one of devices) {
      if (await moveBothWays(nodes, one)) goesOn = true;
      for (const row of one.disk.rows().tray) scene.story.refused.add(row.messageId);
      if (await retry(one)) goesOn = true;
      // Pages out of sight are not attached: everything is looked at.
      one.room().show(1, undefined);
      if (await moveBothWays(nodes, one)) goesOn = true;
      if (one.room().older.get() === 'more') {
        one.room().loadOlder();
        goesOn = true;
      }
    }
    if (goesOn) {
      calm = 0;
      continue;
    }
    for (const one of devices) one.runTimers();
    await settle(nodes);
    calm += 1;
    const isWaiting = devices.some((one) => one.disk.rows().outbox.length > 0);
    if (calm >= (isWaiting ? 20 : 2)) return;
  }
  throw new Error('the room never came to rest');
}

export async function closeScene({ devices, nodes }: Scene): Promise<void> {
  for (const one of devices) await one.close();
  await nodes.stop();
}

/** Lets everything that does not wait for a frame or a timer come to its end. */
export async function settle(nodes: RoomNodes): Promise<void> {
  await nodes.settled();
  // A device waits for nothing else: its disk is memory.
  await new Promise((resolve) => setImmediate(resolve));
}
