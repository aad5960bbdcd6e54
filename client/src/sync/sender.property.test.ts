import type { MessageId } from '@skerry/protocol/ids.ts';
import { readOrder } from '@skerry/protocol/page/pageDoc.ts';
import * as fc from 'fast-check';
import * as Y from 'yjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  openPageLanes,
  type PageLane,
  type PageLanes,
} from '../../../sync-server/test/pageLane.ts';
import { openDevice, type Device } from '../../test/sync/device.ts';
import { messagesIn } from './operation.ts';
import type { ListedMessage } from './views.ts';

/** Runs in the check; `SYNC_RUNS` asks for more. */
const RUNS = 60;

const device = fc.nat(2);
const pick = fc.nat(9);
const frames = fc.integer({ min: 1, max: 20 });
const step = fc.oneof(
  weighted(6, { do: fc.constant('post' as const), device }),
  weighted(5, { do: fc.constant('edit' as const), device, pick }),
  weighted(1, { do: fc.constant('remove' as const), device, pick }),
  // Both of Ann's devices change the same message.
  weighted(3, {
    do: fc.constant('race' as const),
    pick,
    removers: fc.constantFrom([], [0], [0, 1]),
  }),
  weighted(6, { do: fc.constant('up' as const), device, frames }),
  weighted(6, { do: fc.constant('down' as const), device, frames }),
  weighted(5, { do: fc.constant('sync' as const), device }),
  weighted(2, { do: fc.constant('cut' as const), device, late: fc.boolean() }),
  weighted(5, { do: fc.constant('connect' as const), device }),
  weighted(2, { do: fc.constant('late' as const), device }),
  weighted(3, { do: fc.constant('time' as const), device }),
  weighted(1, { do: fc.constant('restart' as const), device, keep: fc.boolean() }),
  weighted(1, { do: fc.constant('restartServer' as const) }),
  weighted(3, { do: fc.constant('slowDisk' as const), device }),
  weighted(4, { do: fc.constant('fastDisk' as const), device }),
  weighted(2, { do: fc.constant('fullDisk' as const), device, full: fc.boolean() }),
);

function weighted<T>(weight: number, model: { [K in keyof T]: fc.Arbitrary<T[K]> }) {
  return { weight, arbitrary: fc.record(model) };
}
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What people did, to compare with what came of it. */
interface Story {
  /** Per device, its messages in the order of writing. */
  written: MessageId[][];
  /** Per message, the last words of each device that wrote or edited it. */
  words: Map<MessageId, Map<number, string>>;
  deleted: Set<MessageId>;
  /** Deleted before they had left their device. */
  unsent: Set<MessageId>;
}

let lanes: PageLanes;
beforeAll(async () => {
  lanes = await openPageLanes();
});
afterAll(() => lanes.close());

test('three devices on a lossy line end with one list, each operation exactly once', async () => {
  const ann = await lanes.insertPerson('Ann');
  const bo = await lanes.insertPerson('Bo');
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 30, maxLength: 120, size: 'max' }),
      async (steps) => {
        const page = await lanes.openPage([ann, bo]);
        const devices = [
          await openDevice(page, ann),
          await openDevice(page, ann),
          await openDevice(page, bo),
        ];
        for (const one of devices) one.connect();
        const story: Story = {
          written: [[], [], []],
          words: new Map(),
          deleted: new Set(),
          unsent: new Set(),
        };
        for (const one of steps) {
          await play(page, devices, story, one);
          await settle();
        }
        await heal(devices);
        await judge(page, devices, story);
        for (const one of devices) await one.close();
        page.lane.close();
      },
    ),
    { numRuns: Number(import.meta.env['SYNC_RUNS'] ?? RUNS) },
  );
});

async function play(page: PageLane, devices: Device[], story: Story, step: Step): Promise<void> {
  if (step.do === 'restartServer') {
    for (const one of devices) one.cut(false);
    await page.reopen();
    return;
  }
  if (step.do === 'race') {
    change(devices, story, { ...step, by: [0, 1] });
    return;
  }
  const who = deviceAt(devices, step.device);
  switch (step.do) {
    case 'post': {
      if (who.disk.isFull()) return; // the person is told that it could not be kept
      const text = `words ${story.words.size}`;
      const id = who.post(text);
      story.written[step.device]?.push(id);
      story.words.set(id, new Map([[step.device, text]]));
      return;
    }
    case 'edit':
      change(devices, story, { ...step, by: [step.device], removers: [] });
      return;
    case 'remove':
      change(devices, story, { ...step, by: [step.device], removers: [step.device] });
      return;
    case 'up':
      for (let frame = 0; frame < step.frames; frame += 1) await who.pipe()?.moveUp();
      return;
    case 'down':
      for (let frame = 0; frame < step.frames; frame += 1) await who.pipe()?.moveDown();
      return;
    case 'sync':
      while (await moveBothWays(who)) await settle();
      return;
    case 'cut':
      who.cut(step.late);
      return;
    case 'connect':
      if (who.pipe() === undefined) who.connect();
      return;
    case 'late':
      await who.moveLate();
      return;
    case 'time':
      who.runTimers();
      return;
    case 'restart':
      await who.restart(step.keep);
      return;
    case 'slowDisk':
      who.disk.setSlow(true);
      return;
    case 'fastDisk':
      who.disk.setSlow(false);
      return;
    case 'fullDisk':
      who.disk.setFull(step.full);
      return;
    default:
      step satisfies never;
  }
}

function deviceAt(devices: Device[], index: number): Device {
  const found = devices[index];
  if (found === undefined) throw new Error('there are three devices');
  return found;
}

/** One device changes a message that it shows as its own, or several devices one that they all know. */
function change(
  devices: Device[],
  story: Story,
  { by, pick, removers }: { by: readonly number[]; pick: number; removers: readonly number[] },
): void {
  if (by.some((index) => deviceAt(devices, index).disk.isFull())) return;
  const lists = by.map((index) => ownTexts(deviceAt(devices, index)));
  const [shared = [], ...others] = lists;
  const common = shared.filter(({ id }) => others.every((list) => list.some((m) => m.id === id)));
  const message = common[pick % Math.max(common.length, 1)];
  if (message === undefined) return;
  for (const index of by) {
    const who = deviceAt(devices, index);
    if (removers.includes(index)) {
      if (who.hasNotLeft(message.id)) story.unsent.add(message.id);
      story.deleted.add(message.id);
      who.remove(message);
    } else {
      edits += 1;
      story.words.get(message.id)?.set(index, `edit ${edits}`);
      who.edit(message, `edit ${edits}`);
    }
  }
}

/** But for those of which a full disk and a crash made it forget that they left. */
function ownTexts(device: Device): ListedMessage[] {
  const forgotten = new Set(
    messagesIn([...device.disk.forgotten.values()]).map((row) => row.messageId),
  );
  return device
    .list()
    .filter(({ id, mine, content }) => mine && content.kind === 'text' && !forgotten.has(id));
}
let edits = 0;

async function moveBothWays(who: Device): Promise<boolean> {
  const up = (await who.pipe()?.moveUp()) ?? false;
  await settle();
  const down = (await who.pipe()?.moveDown()) ?? false;
  return up || down;
}

/** The line is good from now on; goes on until nothing moves any more. */
async function heal(devices: Device[]): Promise<void> {
  for (const one of devices) {
    one.disk.setFull(false);
    one.disk.setSlow(false);
    if (one.pipe() === undefined) one.connect();
  }
  for (let rounds = 0; rounds < 2_000; rounds += 1) {
    await settle();
    let moved = false;
    for (const one of devices) {
      moved = (await one.moveLate()) || moved;
      moved = (await moveBothWays(one)) || moved;
      await settle();
    }
    if (moved) continue;
    const waits = devices.filter((one) => one.outbox().rows.get().outbox.length > 0);
    if (waits.length === 0) return;
    if (!waits.some((one) => one.runTimers())) return;
  }
  throw new Error('the devices never came to rest');
}

async function judge(page: PageLane, devices: Device[], story: Story): Promise<void> {
  const [first = [], ...others] = devices.map(shown);
  for (const other of others) expect(other).toEqual(first);

  for (const one of devices) {
    const { outbox, tray } = one.outbox().rows.get();
    expect(outbox).toEqual([]);
    // Only words for a message that was deleted elsewhere meanwhile may be refused.
    for (const row of tray) {
      expect(row.kind).toBe('edit');
      expect(['deleted', 'no-message']).toContain(row.refusal.code);
      expect(story.deleted).toContain(row.messageId);
    }
  }

  // Exactly once: each operation that left became one struct at most, but for changes of which a full
  // disk and a crash left no trace. A post then still has its place in `order`.
  let structs = 0;
  let operations = 0;
  for (const { disk } of devices) {
    for (const client of disk.clients) structs += Y.getState(page.doc.store, client);
    const repeated = [...disk.forgotten.values()].filter((row) => row.kind !== 'post');
    const refused = disk.rows().tray.filter((row) => disk.left.has(row.opId));
    operations += disk.left.size - refused.length + repeated.length;
  }
  expect(structs).toBeLessThanOrEqual(operations);

  const listed = new Map(first.map((message) => [message.id, message]));
  expect(listed.size).toBe(first.length);
  for (const [id, words] of story.words) {
    if (story.deleted.has(id))
      expect([undefined, 'deleted']).toContain(listed.get(id)?.content.kind);
    else expect([...words.values()]).toContain(textOf(listed.get(id)));
  }
  for (const id of story.unsent) expect(page.doc.getMap('messages').has(id)).toBe(false);
  for (const written of story.written) {
    const numbers = written.flatMap((id) => listed.get(id)?.number ?? []);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  }

  const rows = await page.readProjection();
  expect(rows.map((row) => row.number)).toEqual(rows.map((_row, index) => index + 1));
  expect(rows.map(({ id, author, text, deleted }) => ({ id, author, text, deleted }))).toEqual(
    first.map((message) => ({
      id: message.id,
      author: message.author,
      text: textOf(message) ?? null,
      deleted: message.content.kind === 'deleted',
    })),
  );
  expect(readOrder(page.doc)).toHaveLength(rows.length);
}

type Shown = ReturnType<typeof shown>[number];

function shown(device: Device) {
  return device.list().map(({ id, author, number, at, content }) => ({
    ...{ id, number, at, content },
    author: author.id,
  }));
}

function textOf(message: Shown | undefined): string | undefined {
  return message?.content.kind === 'text' ? message.content.text : undefined;
}

/** Lets everything that does not wait for a frame come to its end. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 3; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}
