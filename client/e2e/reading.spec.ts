import { expect } from '@playwright/test';
import { fillRoom } from '../../sync-server/test/fillRoom.ts';
import { createRoom, joinRoom, signUpStranger } from '../../sync-server/test/stranger.ts';
import { findOnDevice } from './rig/onDevice.ts';
import type { Person } from './rig/person.ts';
import { speak } from './rig/speak.ts';
import { test } from './rig/world.ts';

/** Devices come for it after 5 to 60 s, so that they do not come all at once. */
const PREFETCH_LIMIT_MS = 80_000;

test('B15 half-open, refuse: a phone reads offline, a laptop marks unread, a late one lands', async ({
  openWorld: world,
}) => {
  const bo = await world.newcomer('Bo', { isBesideProxy: true });
  const phone = await world.newcomer('Ann', { phone: true });
  const laptop = world.person('Ann', { isBesideProxy: true });
  await laptop.profile.open();
  await laptop.signIn();
  for (const person of [phone, laptop, bo]) await person.openRoom('General');
  await laptop.joinRoom('Random');

  // What the server says reaches the phone; what the phone has read does not reach the server.
  world.proxy.set('half-open');
  for (let n = 1; n <= 10; n++) await bo.write(`message ${n}`);
  await expect(phone.message('message 10')).toBeVisible();
  world.proxy.set('refuse');
  await expect(laptop.listed('General')).toContainText('10 unread');
  await expect(phone.offlineLine()).toBeVisible();
  await expect(phone.page()).toHaveTitle('Skerry');
  await leave(phone);
  await expect(phone.listed('General')).not.toContainText('unread');

  await laptop.openRoom('General');
  await expect(laptop.listed('General')).not.toContainText('unread');
  await laptop.act('message 7', 'Mark unread from here');
  await expect(laptop.listed('General')).toContainText('4 unread');
  const late = { handle: 'cy', room: 'General', texts: ['written long ago'] };
  await speak(world, { ...late, lateMs: 40 * 60_000 });
  await laptop.openRoom('Random');
  await expect(laptop.listed('General')).toContainText('5 unread');

  world.proxy.set('pass');
  await expect(phone.listed('General')).toContainText('5 unread');
  await expect(phone.page()).toHaveTitle('(5) Skerry');
  await expect(laptop.page()).toHaveTitle('(5) Skerry');

  // There is a message behind the number: it goes by looking at it, on both.
  await phone.openRoom('General');
  await expect(phone.message('written long ago')).toContainText(/sent .*, arrived /);
  await expect(phone.page().getByText(/^5 new since /)).toBeVisible();
  await expect(phone.page()).toHaveTitle('Skerry');
  await expect(laptop.listed('General')).not.toContainText('unread');
  await leave(phone);
  await expect(phone.listed('General')).not.toContainText('unread');
  await expect(laptop.page()).toHaveTitle('Skerry');
});

test('B15 numbers rise in rooms that are not open, go by reading, and the author sees "read"', async ({
  openWorld: world,
}) => {
  const owner = await signUpStranger(world.server.url, 'owner');
  await createRoom(world.server.url, owner, 'Plans');
  const ann = await world.newcomer('Ann');
  const bo = await world.newcomer('Bo');
  for (const person of [ann, bo]) await person.joinRoom('Plans');
  await ann.joinRoom('Random');

  await bo.write('a plan');
  await expect(ann.listed('Plans')).toContainText('1 unread');
  await expect(ann.listed('Plans')).toContainText('Bo: a plan');
  await expect(ann.page()).toHaveTitle('(1) Skerry');
  await speak(world, { handle: 'cy', room: 'General', texts: ['one', 'two'] });
  await expect(ann.listed('General')).toContainText('2 unread');
  await expect(ann.listed('General')).not.toContainText('mention');
  await speak(world, { handle: 'di', room: 'General', texts: ['Ann?'], mentioning: 'ann' });
  await expect(ann.listed('General')).toContainText('3 unread');
  await expect(ann.listed('General')).toContainText('1 mention of you');
  await expect(ann.page()).toHaveTitle('(4) Skerry');
  await expect(bo.mark('a plan', 'On server')).toBeVisible();
  await expect(bo.mark('a plan', 'Read')).toBeHidden();

  await ann.openRoom('General');
  await expect(ann.listed('General')).not.toContainText('unread');
  await expect(ann.listed('General')).not.toContainText('mention');
  await expect(ann.page()).toHaveTitle('(1) Skerry');
  await ann.openRoom('Plans');
  await expect(ann.listed('Plans')).not.toContainText('unread');
  await expect(ann.page()).toHaveTitle('Skerry');
  await expect(bo.mark('a plan', 'Read')).toBeVisible();
});

test('B15 a link to an old message reads only what was on screen where it leads', async ({
  openWorld: world,
}) => {
  const owner = await signUpStranger(world.server.url, 'owner');
  const roomId = await createRoom(world.server.url, owner, 'Long ago');
  await joinRoom(world.server.url, await signUpStranger(world.server.url, 'ann'), roomId);
  const authors = [{ ...owner, name: 'Owner', avatar: '200' }];
  const ids = await fillRoom(world, { roomId, authors, count: 1_200 });
  const ann = world.person('Ann');
  await ann.profile.open();
  await ann.signIn();
  await expect(ann.listed('Long ago')).toContainText('99+');

  await ann.goTo(`/room/${roomId}#${ids[99] ?? ''}`);
  const linked = ann.page().locator('[aria-current="true"][data-part="row"]');
  await expect(linked).toContainText('message 100');
  await expect(linked).toBeInViewport();
  const readUpTo = async () => {
    const [mark] = await world.sql(`select number from read_marks where room_id = $1`, [roomId]);
    return Number(mark?.['number'] ?? 0);
  };
  await expect.poll(readUpTo).toBeGreaterThanOrEqual(100);
  expect(await readUpTo()).toBeLessThan(150);
  await expect(ann.listed('Long ago')).toContainText('99+');
  await ann.page().getByRole('button', { name: 'Jump to newest' }).click();
  await expect(ann.message('message 1200')).toBeInViewport();
  await expect(ann.listed('Long ago')).not.toContainText('unread');
});

test('who jumps to what is new by keyboard is there, and only what is unread counts as late', async ({
  openWorld: world,
}) => {
  const ann = await world.newcomer('Ann');
  await ann.openRoom('General');
  await ann.joinRoom('Random');
  await speak(world, { handle: 'cy', room: 'General', texts: ['an old one'], lateMs: 3_600_000 });
  await ann.openRoom('General');
  await expect(ann.message('an old one')).toContainText(/sent .*, arrived /);
  await expect(ann.listed('General')).not.toContainText('unread');
  await ann.openRoom('Random');
  await speak(world, { handle: 'di', room: 'General', texts: lines(60) });
  await expect(ann.listed('General')).toContainText('60 unread');
  await ann.openRoom('General');
  const jump = ann.page().getByRole('button', { name: /^Jump to what is new: / });
  await expect(jump).toHaveText('60 new');
  await jump.press('Enter');
  await expect(ann.message('line 0')).toBeInViewport();
  await expect(ann.message('line 0').locator('[data-part="row"]')).toBeFocused();
  await expect(jump).toBeHidden();
  // What has the focus is gone from there once the reader goes on.
  await ann.page().keyboard.press('Tab');
  await expect(ann.message('line 0').getByRole('button', { name: 'More' })).toBeFocused();
});

test('B18 refuse: what came in a room that is not open is there without a network', async ({
  openWorld: world,
}) => {
  const ann = await world.newcomer('Ann');
  const bo = await world.newcomer('Bo', { isBesideProxy: true });
  await bo.openRoom('General');
  await ann.joinRoom('Random');
  const words = 'while you were elsewhere';
  await bo.write(words);
  await expect(ann.listed('General')).toContainText(words);
  const inPages = async () =>
    (await findOnDevice(ann.page(), words)).filter((name) => name.includes(':page:'));
  expect(await inPages()).toEqual([]);
  await expect.poll(inPages, { timeout: PREFETCH_LIMIT_MS }).toHaveLength(1);
  world.proxy.set('refuse');
  await expect(ann.offlineLine()).toBeVisible();
  await ann.page().reload();
  await ann.openRoom('General');
  await expect(ann.message(words)).toBeVisible();
});

function lines(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `line ${index}`);
}

async function leave(phone: Person): Promise<void> {
  await phone.page().getByRole('link', { name: 'Back to rooms' }).click();
  await expect(phone.listed('General')).toBeVisible();
}
