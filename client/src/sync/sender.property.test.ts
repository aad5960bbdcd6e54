import type { MessageId } from '@skerry/protocol/ids.ts';
import { readOrder } from '@skerry/protocol/page/pageDoc.ts';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  openPageLanes,
  type PageLane,
  type PageLanes,
} from '../../../sync-server/test/pageLane.ts';
import { openDevice, type Device } from '../../test/sync/device.ts';

/** Runs in the check; `SYNC_RUNS` asks for more. */
const RUNS = 60;

const device = fc.nat(2);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('post' as const), device }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('edit' as const), device, pick: fc.nat(9) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('remove' as const), device, pick: fc.nat(9) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('up' as const), device, frames: fc.nat(6) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('down' as const), device, frames: fc.nat(6) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('cut' as const), device, late: fc.boolean() }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('connect' as const), device }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('late' as const), device }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('time' as const), device }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('restart' as const), device, keep: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restartServer' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What people did, to compare with what came of it. */
interface Story {
  /** Per device, its messages in the order of writing. */
  written: MessageId[][];
  /** Per message, the last words of each device that wrote or edited it. */
  words: Map<MessageId, Map<number, string>>;
  deleted: Set<MessageId>;
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
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 80 }), async (steps) => {
      const page = await lanes.openPage([ann, bo]);
      const devices = [
        await openDevice(page, ann),
        await openDevice(page, ann),
        await openDevice(page, bo),
      ];
      for (const one of devices) one.connect();
      const story: Story = { written: [[], [], []], words: new Map(), deleted: new Set() };
      for (const one of steps) {
        await play(page, devices, story, one);
        await settle();
      }
      await heal(devices);
      await judge(page, devices, story);
      for (const one of devices) await one.close();
      page.lane.close();
    }),
    { numRuns: Number(import.meta.env['SYNC_RUNS'] ?? RUNS) },
  );
});

async function play(page: PageLane, devices: Device[], story: Story, step: Step): Promise<void> {
  if (step.do === 'restartServer') {
    for (const one of devices) one.cut(false);
    await page.reopen();
    return;
  }
  const who = devices[step.device];
  if (who === undefined) throw new Error('there are three devices');
  const own = who.list().filter((message) => message.mine && message.content.kind === 'text');
  switch (step.do) {
    case 'post': {
      const text = `words ${story.words.size}`;
      const id = await who.post(text);
      story.written[step.device]?.push(id);
      story.words.set(id, new Map([[step.device, text]]));
      return;
    }
    case 'edit': {
      const message = own[step.pick % Math.max(own.length, 1)];
      if (message === undefined) return;
      const text = `edited by ${step.device}, ${step.pick}`;
      await who.edit(message, text);
      story.words.get(message.id)?.set(step.device, text);
      return;
    }
    case 'remove': {
      const message = own[step.pick % Math.max(own.length, 1)];
      if (message === undefined) return;
      await who.remove(message);
      story.deleted.add(message.id);
      return;
    }
    case 'up':
      for (let frame = 0; frame <= step.frames; frame += 1) await who.pipe()?.moveUp();
      return;
    case 'down':
      for (let frame = 0; frame <= step.frames; frame += 1) who.pipe()?.moveDown();
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
    default:
      step satisfies never;
  }
}

/** The line is good from now on; goes on until nothing moves any more. */
async function heal(devices: Device[]): Promise<void> {
  for (const one of devices) if (one.pipe() === undefined) one.connect();
  for (let rounds = 0; rounds < 2_000; rounds += 1) {
    await settle();
    let moved = false;
    for (const one of devices) {
      moved = (await one.moveLate()) || moved;
      moved = ((await one.pipe()?.moveUp()) ?? false) || moved;
      await settle();
      moved = (one.pipe()?.moveDown() ?? false) || moved;
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
      expect(row).toMatchObject({ kind: 'edit', refusal: { code: 'deleted' } });
      expect(story.deleted).toContain(row.messageId);
    }
  }

  const listed = new Map(first.map((message) => [message.id, message]));
  expect(listed.size).toBe(first.length);
  for (const [id, words] of story.words) {
    if (story.deleted.has(id))
      expect([undefined, 'deleted']).toContain(listed.get(id)?.content.kind);
    else expect([...words.values()]).toContain(textOf(listed.get(id)));
  }
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
