import { expect, type Page } from '@playwright/test';
import { fillRoom } from '../../sync-server/test/fillRoom.ts';
import { createRoom, signUpStranger } from '../../sync-server/test/stranger.ts';
import type { Person, Tab } from './rig/person.ts';
import { test } from './rig/world.ts';

const COUNT = 1_500;
const ROOM = 'Long ago';
const WHEEL_PX = 4_000;
/** More rows than this do not pass in one turn of the wheel. */
const MOST_ROWS = 300;
/** The rule of the day leaves the row that was the first, for the one with which the day begins. */
const RULE_PX = 48;

test('B22 newest first, older on scroll with the place kept, and offline what was read before', async ({
  openWorld: world,
}) => {
  const authors = [];
  for (const name of ['Bo', 'Cy']) {
    const stranger = await signUpStranger(world.server.url, name.toLowerCase());
    authors.push({ ...stranger, name, avatar: '200' });
  }
  const [owner] = authors;
  if (owner === undefined) throw new Error('nobody owns the room');
  const roomId = await createRoom(world.server.url, owner, ROOM);
  await fillRoom(world, { roomId, authors, count: COUNT });
  const ann = world.person('Ann');
  const attached = watchAttached(await ann.profile.open(), roomId);
  await ann.signUp();
  await ann.joinRoom(ROOM);
  const page = ann.page();
  await expect(ann.message(`message ${COUNT}`)).toBeVisible();
  expect(attached()).toEqual([2]);

  // Nothing older is on this device, and nothing comes.
  world.proxy.set('refuse');
  await expect(ann.offlineLine()).toBeVisible();
  await scrollUpTo(ann, page.getByText('Older messages need a connection'));
  await expect(ann.message('message 1025')).toBeInViewport();

  // They come above what is being read.
  const before = await ann.message('message 1030').boundingBox();
  world.proxy.set('pass');
  await expect(page.getByText('Older messages need a connection')).toBeHidden({ timeout: 30_000 });
  await expect(ann.message('message 1024')).toBeAttached();
  const after = await ann.message('message 1030').boundingBox();
  expect(Math.abs((after?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(RULE_PX);

  await scrollUpTo(ann, page.getByText('The room begins here'));
  await expect(ann.message('message 1')).toBeInViewport();
  expect([...new Set(attached())].sort()).toEqual([0, 1, 2]);

  world.proxy.set('refuse');
  await ann.goTo('/');
  await ann.openRoom(ROOM);
  await expect(ann.message(`message ${COUNT}`)).toBeInViewport();
  await scrollUpTo(ann, page.getByText('The room begins here'));
  await expect(ann.message('message 1')).toBeInViewport();
});

/** Turns the wheel until this is on screen; what is on screen stays in order and near what was there. */
async function scrollUpTo(tab: Tab & Pick<Person, 'page'>, goal: ReturnType<Page['getByText']>) {
  const page = tab.page();
  await page.getByRole('list', { name: 'Messages' }).hover();
  let top = Infinity;
  while (!(await isInViewport(goal))) {
    await page.mouse.wheel(0, -WHEEL_PX);
    await expect(async () => {
      const numbers = (await tab.texts()).map((text) => Number(text.split(' ').at(-1)));
      expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
      const first = numbers[0] ?? 0;
      if (top !== Infinity) expect(first).toBeGreaterThan(top - MOST_ROWS);
      expect(first).toBeLessThanOrEqual(top);
      top = first;
    }).toPass();
  }
}

async function isInViewport(goal: ReturnType<Page['getByText']>): Promise<boolean> {
  if (!(await goal.isVisible())) return false;
  const box = await goal.boundingBox();
  return box !== null && box.y >= 0;
}

/** Numbers of the room's pages in the order in which they are attached from here on. */
function watchAttached(page: Page, roomId: string): () => number[] {
  const pages: number[] = [];
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => {
      const found = new RegExp(`page:${roomId}:(\\d+)`).exec(payload.toString('latin1'));
      const number = Number(found?.[1]);
      if (found !== null && !pages.includes(number)) pages.push(number);
    });
  });
  return () => pages;
}
