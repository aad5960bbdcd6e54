import { expect } from '@playwright/test';
import { signUpStranger, createRoom } from '../../sync-server/test/stranger.ts';
import type { Person } from './rig/person.ts';
import { speak } from './rig/speak.ts';
import { test } from './rig/world.ts';

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

async function leave(phone: Person): Promise<void> {
  await phone.page().getByRole('link', { name: 'Back to rooms' }).click();
  await expect(phone.listed('General')).toBeVisible();
}
