import { expect, type Locator } from '@playwright/test';
import { fillRoom } from '../../../sync-server/test/fillRoom.ts';
import { createRoom, signUpStranger } from '../../../sync-server/test/stranger.ts';
import type { Person } from './person.ts';
import { speak } from './speak.ts';
import type { Stage } from './stage.ts';

const WHEEL_PX = 4_000;

/** What is new in which room, up to where a room begins. */
export async function walkNew({ world, look }: Stage): Promise<void> {
  const cy = await signUpStranger(world.server.url, 'cy');
  const roomId = await createRoom(world.server.url, cy, 'Long ago');
  const authors = [{ ...cy, name: 'Cy', avatar: '200' }];
  await fillRoom(world, { roomId, authors, count: 120, perPage: 40 });
  await createRoom(world.server.url, cy, 'Gauges and ladders of the northern shore');
  const ann = await world.newcomer('Ann');
  const page = ann.page();
  await ann.joinRoom('Gauges and ladders of the northern shore');
  await ann.joinRoom('Random');
  await speak(world, { handle: 'di', room: 'General', texts: ['one', 'two', 'three'] });
  const words = 'The ladder is back, and so is the second boat, who needs them?';
  const where = 'Gauges and ladders of the northern shore';
  await speak(world, { handle: 'ed', room: where, texts: [words], mentioning: 'ann' });
  await expect(ann.listed('General')).toContainText('3 unread');
  await expect(ann.listed(where)).toContainText('1 mention of you');
  await ann.goTo('/');
  await expect(ann.listed('General')).toContainText('3 unread');
  await look(page, 'rooms, unread and mentions');

  await ann.joinRoom('Long ago');
  await expect(ann.message('message 120')).toBeVisible();
  world.proxy.set('refuse');
  await expect(ann.offlineLine()).toBeVisible();
  await scrollUpTo(ann, page.getByText('Older messages need a connection'));
  await look(page, 'room, older ones not on this device');
  world.proxy.set('pass');
  await expect(page.getByText('Older messages need a connection')).toBeHidden({ timeout: 30_000 });
  await scrollUpTo(ann, page.getByText('The room begins here'));
  await look(page, 'room, its beginning');
}

/** A message that was removed, and what its author had made of it meanwhile. */
export async function walkRemoved({ world, look }: Stage): Promise<void> {
  await signUpStranger(world.server.url, 'owner');
  const bo = await world.newcomer('Bo');
  const page = bo.page();
  await bo.openRoom('General');
  await bo.write('The tide table is wrong, as everything he makes.');
  await bo.write('I will bring the radio.');
  await expect(bo.marked('On server')).toHaveCount(2);
  world.proxy.set('refuse');
  await expect(bo.offlineLine()).toBeVisible();
  await bo.act('The tide table is wrong, as everything he makes.', 'Edit');
  await page.getByRole('textbox', { name: 'Message being edited' }).fill('It is off by an hour.');
  await page.getByRole('button', { name: 'Save' }).click();
  await world.moderation.redact('The tide table is wrong, as everything he makes.', 'manners');
  world.proxy.set('pass');
  await expect(page.getByText('Removed by a moderator: manners')).toBeVisible();
  await expect(bo.listed('General')).toContainText('1 not accepted');
  await look(page, 'room, message removed');
  await bo.goTo('/outbox');
  await expect(page.getByRole('heading', { name: '1 not accepted' })).toBeVisible();
  await look(page, 'outbox, edit of a removed message');
  await bo.goTo('/');
  await bo.openRoom('General');
  world.proxy.set('refuse');
  await expect(bo.offlineLine()).toBeVisible();
  await bo.write('The radio is in the second boat.');
  await world.moderation.remove('bo', 'General', 'manners');
  world.proxy.set('pass');
  await expect(page.getByRole('heading', { name: 'You are not in this room' })).toBeVisible();
  await bo.goTo('/outbox');
  await expect(page.getByText(/you were removed from #General, or left it/)).toBeVisible();
  await look(page, 'outbox, removed from a room');
}

/** Words that were written for few, in a room that everybody can read by now. */
export async function walkBecamePublic({ world, look }: Stage): Promise<void> {
  const bo = await world.newcomer('Bo');
  const page = bo.page();
  await bo.openRoom('General');
  await world.moderation.setKind('General', 'private');
  await expect(bo.listed('General')).toContainText('Private room');
  await bo.write('before');
  await expect(bo.mark('before', 'On server')).toBeVisible();
  world.proxy.set('refuse');
  await bo.write('Between us: the second boat leaks.');
  await world.moderation.setKind('General', 'public');
  world.proxy.set('pass');
  await expect(page.getByText('This room became public.')).toBeVisible();
  await look(page, 'room, became public');
  await bo.goTo('/');
  await expect(bo.listed('General')).toContainText('1 waits for your answer');
  await look(page, 'rooms, one waits for an answer');
  await bo.goTo('/outbox');
  await expect(page.getByRole('button', { name: 'Send anyway' })).toBeVisible();
  await look(page, 'outbox, became public');
}

async function scrollUpTo(person: Person, goal: Locator): Promise<void> {
  const page = person.page();
  await page.getByRole('list', { name: 'Messages' }).hover();
  await expect(async () => {
    await page.mouse.wheel(0, -WHEEL_PX);
    await expect(goal).toBeInViewport({ timeout: 500 });
  }).toPass();
}
