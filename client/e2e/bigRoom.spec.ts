import { expect, type CDPSession, type Page } from '@playwright/test';
import * as z from 'zod/mini';
import { fillRoom } from '../../sync-server/test/fillRoom.ts';
import { createRoom, joinRoom, signUpStranger } from '../../sync-server/test/stranger.ts';
import { test } from './rig/world.ts';

const ROOM = 'Long ago';
/** A phone of the middle of the market beside the machine that runs this. */
const CPU_SLOWDOWN = 4;
const MAX_BYTES_TO_NEWEST = 500_000;
/** The client keeps twelve pages of 512, and one or two more while they come. */
const MOST_ROWS = 14 * 512;
/** Above what twelve pages took: it must not grow with what was passed. */
const HEAP_MARGIN_BYTES = 15_000_000;
const STEP_LIMIT_MS = 30_000;

/** How big the room is, and how much of it is read back: set by the configuration. */
const Size = z.object({ messages: z.int(), readBack: z.int() });

test('B22 a phone opens a big room at its end, reads far back in bounded memory, and writes', async ({
  openWorld: world,
}, { config }) => {
  const { messages: count, readBack: distance } = Size.parse(config.metadata['bigRoom']);
  const owner = await signUpStranger(world.server.url, 'owner');
  const roomId = await createRoom(world.server.url, owner, ROOM);
  await joinRoom(world.server.url, await signUpStranger(world.server.url, 'ann'), roomId);
  await fillRoom(world, { roomId, authors: [{ ...owner, name: 'Bo', avatar: '200' }], count });

  const ann = world.person('Ann', { phone: true });
  const page = await ann.profile.open();
  const cdp = await ann.profile.context().newCDPSession(page);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN });
  await ann.signIn();
  await expect(ann.listed(ROOM)).toBeVisible();
  const before = world.proxy.bytes.down;
  await ann.openRoom(ROOM);
  await expect(ann.message(`message ${count}`)).toBeInViewport();
  const bytes = world.proxy.bytes.down - before;
  expect(bytes).toBeLessThan(MAX_BYTES_TO_NEWEST);

  const heaps = [{ read: 0, heap: await heapOf(cdp) }];
  let top = count;
  while (count - top < distance) {
    top = await readBack(page, top);
    heaps.push({ read: count - top, heap: await heapOf(cdp) });
    expect(await rowsOf(page)).toBeLessThan(MOST_ROWS);
  }
  const kept = heaps.filter(({ read }) => read < MOST_ROWS).map(({ heap }) => heap);
  expect(await heapOf(cdp)).toBeLessThan(Math.max(...kept) + HEAP_MARGIN_BYTES);

  // What was let go lies on this device: the way down goes through it without a network.
  world.proxy.set('refuse');
  await expect(ann.offlineLine()).toBeVisible();
  await readOn(page, top + MOST_ROWS / 2);
  world.proxy.set('pass');
  await page.getByRole('button', { name: /^Jump to newest/ }).click();
  await expect(ann.message(`message ${count}`)).toBeInViewport();
  await ann.write('still quick');
  await expect(ann.message('still quick')).toBeInViewport();
  await expect(ann.mark('still quick', 'On server')).toBeVisible({ timeout: STEP_LIMIT_MS });
  heaps.push({ read: 0, heap: await heapOf(cdp) });
  const line = heaps.map(({ read, heap }) => `${read}: ${(heap / 1e6).toFixed(1)}`).join(', ');
  process.stdout.write(
    `${count} messages: ${bytes} bytes to the newest; MB of heap by messages read back: ${line}\n`,
  );
});

/** Goes to the oldest row that is here, until older ones stand above it; returns the number of the first on screen. */
async function readBack(page: Page, top: number): Promise<number> {
  let first = top;
  await expect(async () => {
    await scrollBy(page, -10_000_000);
    first = Math.min(...(await numbersOnScreen(page)));
    expect(first).toBeLessThan(top - 256);
  }).toPass({ timeout: STEP_LIMIT_MS });
  return first;
}

/** Goes down a screen or two at a time, without a message being left out. */
async function readOn(page: Page, goal: number): Promise<void> {
  let last = Math.max(...(await numbersOnScreen(page)));
  while (last < goal) {
    const from = last;
    await expect(async () => {
      await scrollBy(page, 6_000);
      const numbers = await numbersOnScreen(page);
      expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
      last = Math.max(...numbers);
      expect(last).toBeGreaterThan(from);
    }).toPass({ timeout: STEP_LIMIT_MS });
  }
}

async function scrollBy(page: Page, px: number): Promise<void> {
  const list = page.getByRole('list', { name: 'Messages' });
  await list.evaluate((element, distance) => {
    element.parentElement?.parentElement?.scrollBy(0, distance);
  }, px);
}

async function numbersOnScreen(page: Page): Promise<number[]> {
  const rows = page.getByRole('list', { name: 'Messages' }).locator('[data-part="text"]');
  return (await rows.allInnerTexts()).map((text) => Number(text.split(' ').at(-1)));
}

/** By the height of the list, which is as high as if all its rows were drawn. */
function rowsOf(page: Page): Promise<number> {
  return page.getByRole('list', { name: 'Messages' }).evaluate((list) => {
    const heights = [...list.children].map((row) => row.getBoundingClientRect().height);
    return list.getBoundingClientRect().height / Math.max(1, Math.min(...heights));
  });
}

async function heapOf(cdp: CDPSession): Promise<number> {
  await cdp.send('HeapProfiler.collectGarbage');
  return (await cdp.send('Runtime.getHeapUsage')).usedSize;
}
