import { expect, type Page } from '@playwright/test';
import { createRoom, signUpStranger } from '../../../sync-server/test/stranger.ts';
import type { SqlAccess } from '../../../sync-server/test/sqlAccess.ts';
import { HOSTILE, SAMPLES } from './samples.ts';
import { composer } from './person.ts';
import { walkBecamePublic, walkNew, walkRemoved } from './roomScreens.ts';
import { speak } from './speak.ts';
import type { Stage, Tour } from './stage.ts';
import type { World } from './world.ts';

/** Every screen in every state that can be reached, in the order in which one person meets them. */
export const TOURS: readonly Tour[] = [
  { name: 'the account pages', walk: walkAccount },
  { name: 'the first room and the way to others', walk: walkFirstRoom },
  { name: 'a busy room, online and offline', walk: walkBusyRoom },
  { name: 'what is new, and what is old', walk: walkNew },
  { name: 'what was not accepted', walk: walkRefused },
  { name: 'what was removed', walk: walkRemoved },
  { name: 'the question when a room became public', walk: walkBecamePublic },
  { name: 'rooms that are not there', walk: walkMissingRooms },
  { name: 'the settings', walk: walkSettings },
  { name: 'no storage, and a screen that stops', walk: walkBroken },
];

async function walkAccount({ world, look }: Stage): Promise<void> {
  await signUpStranger(world.server.url, 'bo');
  const ann = world.person('Ann');
  const page = await ann.profile.open();
  await ann.goTo('/');
  const signIn = page.getByRole('button', { name: 'Sign in' });
  await expect(signIn).toBeVisible();
  await look(page, 'sign-in');

  await signIn.click();
  await expect(page.getByText('Type your handle or your e-mail address.')).toBeVisible();
  await page.getByLabel('Handle or e-mail').fill('bo');
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await signIn.click();
  await expect(page.getByRole('alert')).toContainText('the password is wrong', {
    ignoreCase: true,
  });
  await look(page, 'sign-in, wrong password');

  await expect(async () => {
    await signIn.click();
    await expect(page.getByRole('alert')).toContainText('Too many tries', { timeout: 500 });
  }).toPass();
  await look(page, 'sign-in, too many tries');

  await ann.goTo('/sign-up');
  const signUp = page.getByRole('button', { name: 'Sign up' });
  await signUp.click();
  await expect(page.getByLabel('Display name')).toHaveAttribute('aria-invalid', 'true');
  await look(page, 'sign-up, fields missing');

  await page.getByLabel('Display name').fill('Bo');
  await page.getByLabel('E-mail').fill('bo@example.net');
  await page.getByLabel('Password', { exact: true }).fill('a long enough password');
  await signUp.click();
  await expect(page.getByText('Somebody has this handle.')).toBeVisible();
  await look(page, 'sign-up, handle taken');

  world.proxy.set('refuse');
  await page.getByLabel('Handle').fill('bo_two');
  await signUp.click();
  await expect(page.getByRole('alert')).toContainText('The server cannot be reached');
  await look(page, 'sign-up, offline');

  world.proxy.set('pass');
  await ann.goTo('/reset-password');
  await expect(page.getByText('This link is not complete.')).toBeVisible();
  await look(page, 'password reset, half a link');
  await ann.goTo('/');
  await ann.goTo('/reset-password#token=0000');
  await page.getByLabel('New password').fill('another long password');
  await page.getByRole('button', { name: 'Set password' }).click();
  await expect(page.getByRole('alert')).not.toBeEmpty();
  await look(page, 'password reset, expired link');
}

async function walkFirstRoom({ world, look }: Stage): Promise<void> {
  const ann = await world.newcomer('Ann');
  const page = ann.page();
  await expect(page.getByRole('heading', { name: 'Nothing here yet' })).toBeVisible();
  await look(page, 'room, empty');

  await ann.goTo('/');
  await expect(page.getByRole('link', { name: /General/ })).toBeVisible();
  await look(page, 'rooms');
  await page.getByRole('searchbox', { name: 'Filter rooms' }).fill('zzz');
  await expect(page.getByRole('heading', { name: 'No room by that name' })).toBeVisible();
  await look(page, 'rooms, none found');
  await ann.goTo('/nowhere');
  await expect(page.getByRole('heading', { name: 'There is nothing' })).toBeVisible();
  await look(page, 'no such address');

  await openAddRoom(page, 'Create a room');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('General');
  await look(page, 'create a room');
  await dialog.getByRole('button', { name: 'Create room' }).click();
  await expect(dialog.getByText('There is a room by that name.')).toBeVisible();
  await look(page, 'create a room, name taken');
  await page.keyboard.press('Escape');

  // From here on the app's own files come from this device.
  await page.reload();
  await openAddRoom(page, 'Browse rooms');
  await expect(dialog.getByRole('list', { name: 'Rooms to join' })).toBeVisible();
  await look(page, 'browse rooms');
  await dialog.getByRole('searchbox').fill('zzz');
  await expect(dialog.getByRole('heading')).toHaveCount(2);
  await look(page, 'browse rooms, none found');
  await page.reload();
  world.proxy.set('hang');
  await openAddRoom(page, 'Browse rooms');
  await expect(dialog.getByRole('searchbox')).toBeVisible();
  await look(page, 'browse rooms, loading');
  await page.keyboard.press('Escape');
  await page.reload();
  world.proxy.set('refuse');
  await openAddRoom(page, 'Browse rooms');
  await expect(dialog.getByRole('button', { name: 'Try again' })).toBeVisible();
  await look(page, 'browse rooms, offline');
}

async function walkBusyRoom({ world, look }: Stage): Promise<void> {
  const ann = await world.newcomer('Ann');
  const bo = await world.newcomer('Bo');
  await ann.openRoom('General');
  await bo.openRoom('General');
  for (const text of SAMPLES) await bo.send(text);
  await ann.write('Two at a time, copied.');
  await ann.write('I have two spears and the long ladder.');
  await ann.act('I have two spears and the long ladder.', 'Edit');
  await ann
    .page()
    .getByRole('textbox', { name: 'Message being edited' })
    .fill('Two spares, I mean.');
  await look(ann.page(), 'room, editing');
  await ann.page().getByRole('button', { name: 'Save' }).click();
  await bo.write('posted twice');
  await bo.act('posted twice', 'Delete');
  await bo.page().getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(ann.page().getByText('Message deleted')).toBeVisible();
  const late = { handle: 'cy', room: 'General', texts: ['The landing is slippery but fine.'] };
  await speak(world, { ...late, lateMs: 40 * 60_000 });
  await expect(ann.message('The landing is slippery but fine.')).toContainText(/sent .*, arrived /);

  await composer(bo.page()).pressSequentially('And the');
  await expect(ann.page().getByText('Bo is typing')).toBeVisible();
  await expect(ann.page().getByText('2 here')).toBeVisible();
  await look(ann.page(), 'room, busy');
  await ann.message('Two at a time, copied.').hover();
  await ann.message('Two at a time, copied.').getByRole('button', { name: 'More' }).click();
  await expect(ann.page().getByRole('menu')).toBeVisible();
  await look(ann.page(), 'room, menu of a message');
  await ann.page().getByRole('menuitem', { name: 'Delete' }).click();
  await look(ann.page(), 'room, question before deleting');
  await ann.page().getByRole('button', { name: 'Cancel' }).click();

  world.proxy.set('refuse');
  await ann.write('Ladder goes down to the cove first.');
  await ann.send(HOSTILE);
  await ann.write('If you read this late: we start without the second boat.');
  await expect(ann.offlineLine()).toContainText('3 messages will go');
  await look(ann.page(), 'room, offline with unsent');
  await ann.offlineLine().locator('..').getByRole('link', { name: 'Show them' }).click();
  await expect(ann.page().getByRole('heading', { name: '3 waiting' })).toBeVisible();
  await look(ann.page(), 'outbox, waiting');
  await ann.page().getByRole('button', { name: 'Discard' }).first().click();
  await look(ann.page(), 'outbox, question before discarding');
}

async function walkRefused({ world, look }: Stage): Promise<void> {
  // The first account owns General, and owners post in a locked room.
  await signUpStranger(world.server.url, 'ann');
  const bo = await world.newcomer('Bo');
  await bo.openRoom('General');
  await bo.write('before');
  await expect(bo.mark('before', 'On server')).toBeVisible();
  world.proxy.set('refuse');
  await bo.write('while the room was being locked');
  await lock(world, true);
  world.proxy.set('pass');
  await expect(bo.mark('while the room was being locked', 'Not accepted')).toBeVisible();
  await look(bo.page(), 'room, not accepted');
  await bo.goTo('/outbox');
  await expect(bo.page().getByRole('heading', { name: '1 not accepted' })).toBeVisible();
  await look(bo.page(), 'outbox, not accepted');
  await lock(world, false);
  await bo.page().getByRole('button', { name: 'Retry' }).click();
  await expect(bo.page().getByRole('heading', { name: 'Nothing is waiting' })).toBeVisible();
  await look(bo.page(), 'outbox, empty');
}

async function walkMissingRooms({ world, look }: Stage): Promise<void> {
  const stranger = await signUpStranger(world.server.url, 'cy');
  const theirs = await createRoom(world.server.url, stranger, 'theirs');
  await world.sql(`update rooms set kind = 'private' where name = 'theirs'`);
  const ann = await world.newcomer('Ann');
  const page = ann.page();
  const forbidden = page.getByRole('heading', { name: 'You are not in this room' });
  await ann.goTo(`/room/${theirs}`);
  await expect(forbidden).toBeVisible();
  await look(page, 'room, of others');
  await ann.goTo('/room/0198c3f0-0000-7000-8000-000000000000');
  await expect(forbidden).toBeVisible();
  await look(page, 'room, unknown');

  world.proxy.set('refuse');
  await ann.goTo('/');
  await page
    .getByRole('link', { name: /Random|General/ })
    .last()
    .click();
  await ann.goTo('/room/0198c3f0-0000-7000-8000-000000000001');
  await expect(page.getByRole('heading', { name: 'not on this device yet' })).toBeVisible();
  await look(page, 'room, not on this device');

  await world.sql(`update sessions set expires_at = now() - interval '1 hour'`);
  await expect(async () => {
    world.proxy.set('pass');
    await ann.goTo('/');
    await expect(page.getByText('You are signed out.')).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await look(page, 'rooms, session over');
  await page.getByRole('link', { name: 'Sign in' }).click();
  await expect(page.getByText('What you wrote on this device is still here.')).toBeVisible();
  await look(page, 'sign-in, again');
}

async function walkSettings({ world, look }: Stage): Promise<void> {
  const ann = await world.newcomer('Ann');
  const page = ann.page();
  await ann.goTo('/settings');
  await expect(page.getByRole('navigation', { name: 'Settings' })).toBeVisible();
  await look(page, 'settings');
  for (const section of SECTIONS) {
    await page.getByRole('link', { name: section }).click();
    await expect(page.getByRole('heading', { level: 1, name: section })).toBeVisible();
    await look(page, `settings, ${section}`);
  }
  await page.getByRole('link', { name: 'Profile' }).click();
  await page.getByLabel('Display name').fill('Ann of the Skerries');
  await page.getByLabel('About you').fill('Gauges and ladders.');
  await expect(page.getByText('Saved')).toBeVisible();
  await look(page, 'settings, saved');
  world.proxy.set('refuse');
  await page.getByLabel('Display name').fill('Ann');
  await page.getByLabel('About you').click();
  await expect(page.getByText('Not saved.')).toBeVisible();
  await look(page, 'settings, not saved');
  await page.reload();
  await page.getByRole('link', { name: 'Where you are signed in' }).click();
  await expect(page.getByText('The server cannot be reached')).toBeVisible();
  await look(page, 'settings, devices offline');
}

async function walkBroken({ world, look }: Stage): Promise<void> {
  const ann = await world.newcomer('Ann');
  const page = ann.page();
  await ann.openRoom('General');
  world.proxy.set('refuse');
  await ann.write('still only here');
  world.proxy.set('pass');
  await expect(ann.mark('still only here', 'On server')).toBeVisible();
  world.proxy.set('refuse');
  await ann.write('kept through the break');
  await ann.goTo('/settings');
  await page.evaluate(() => {
    Object.defineProperty(localStorage, 'getItem', { value: 'gone' });
    Object.defineProperty(Intl, 'DateTimeFormat', { value: undefined });
  });
  await page.getByRole('link', { name: 'Outbox' }).click();
  await expect(page.getByRole('heading', { name: 'This screen stopped' })).toBeVisible();
  await look(page, 'a screen that stopped');

  await page.context().addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('no storage', 'InvalidStateError');
    };
  });
  world.proxy.set('pass');
  await ann.goTo('/');
  await expect(page.getByText('This browser gives no storage here')).toBeVisible();
  await look(page, 'rooms, no storage');
}

const SECTIONS = [
  'Profile',
  'Password',
  'Where you are signed in',
  'Appearance',
  'Storage',
  'About Skerry',
];

export async function openAddRoom(page: Page, item: string): Promise<void> {
  await page.getByRole('button', { name: 'Add a room' }).click();
  await page.getByRole('menuitem', { name: item }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
}

/**
 * Only moderators can post, or everybody again; the server's caches are told as by its own code, and the
 * room document is written anew because somebody joins.
 */
export async function lock(world: World & SqlAccess, isLocked: boolean): Promise<void> {
  await world.sql(`update rooms set locked = $1 where name = 'General'`, [isLocked]);
  await world.sql(`update documents set rules = rules + 1`);
  await signUpStranger(world.server.url, isLocked ? 'came_while_locked' : 'came_after_it');
}
