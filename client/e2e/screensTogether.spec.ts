import { expect, type Page } from '@playwright/test';
import { PASSWORD } from '../../sync-server/test/stranger.ts';
import { composer } from './rig/person.ts';
import { HOSTILE } from './rig/samples.ts';
import { lock, openAddRoom } from './rig/screens.ts';
import { speak } from './rig/speak.ts';
import { test } from './rig/world.ts';

test('a room is created, found, joined and left', async ({ world }) => {
  const ann = await world.newcomer('Ann');
  const bo = await world.newcomer('Bo');
  for (const { name, kind } of [
    { name: 'kelp', kind: 'Public' },
    { name: 'council', kind: 'Private' },
  ]) {
    await openAddRoom(ann.page(), 'Create a room');
    const dialog = ann.page().getByRole('dialog');
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByRole('radio', { name: kind }).check();
    await dialog.getByRole('button', { name: 'Create room' }).click();
    await expect(ann.page().getByRole('heading', { level: 1, name })).toBeVisible();
    await ann.write(`first in ${name}`);
  }

  await bo.joinRoom('kelp');
  await expect(bo.message('first in kelp')).toBeVisible();
  await openAddRoom(bo.page(), 'Browse rooms');
  await expect(bo.page().getByRole('dialog').getByText('kelp')).toBeVisible();
  await expect(bo.page().getByRole('dialog').getByText('council')).toBeHidden();
  await bo.page().keyboard.press('Escape');

  await bo.page().getByRole('button', { name: 'Room menu' }).click();
  await bo.page().getByRole('menuitem', { name: 'Leave room' }).click();
  await bo.page().getByRole('alertdialog').getByRole('button', { name: 'Leave room' }).click();
  await expect(bo.page().getByRole('navigation').getByRole('link', { name: 'kelp' })).toBeHidden();
});

test('the other one sees who is here, typing, an edit and a deletion', async ({ world }) => {
  const ann = await world.newcomer('Ann');
  const bo = await world.newcomer('Bo');
  await ann.openRoom('General');
  await bo.openRoom('General');
  await expect(ann.page().getByText('2 here')).toBeVisible();
  await composer(bo.page()).fill('hel');
  await expect(ann.page().getByText('Bo is typing')).toBeVisible();
  await bo.write('hello');
  await expect(ann.page().getByText('Bo is typing')).toBeHidden();
  await expect(ann.message('hello')).toBeVisible();

  await bo.act('hello', 'Edit');
  await bo.page().getByRole('textbox', { name: 'Message being edited' }).fill('hello, Ann');
  await bo.page().getByRole('button', { name: 'Save' }).click();
  await expect(ann.message('hello, Ann').getByText('edited')).toBeVisible();
  await bo.act('hello, Ann', 'Delete');
  await bo.page().getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(ann.message('hello, Ann')).toBeHidden();
  await expect(ann.page().getByText('Message deleted')).toBeVisible();

  await bo.goTo('/settings');
  await expect(ann.page().getByText('2 here')).toBeHidden();
});

test('unsent words are edited, discarded, and retried after a refusal', async ({ openWorld }) => {
  await openWorld.newcomer('Ann');
  const bo = await openWorld.newcomer('Bo');
  await bo.openRoom('General');
  openWorld.proxy.set('refuse');
  await bo.write('draft of it');
  await bo.act('draft of it', 'Edit');
  await bo.page().getByRole('textbox', { name: 'Message being edited' }).fill('final words');
  await bo.page().getByRole('button', { name: 'Save' }).click();
  await expect(bo.message('final words')).toBeVisible();
  await bo.write('better not');
  await bo.goTo('/outbox');
  const rows = bo.page().getByRole('listitem');
  await rows.filter({ hasText: 'better not' }).getByRole('button', { name: 'Discard' }).click();
  await bo.page().getByRole('alertdialog').getByRole('button', { name: 'Discard' }).click();
  await expect(bo.page().getByRole('heading', { name: '1 waiting' })).toBeVisible();

  await lock(openWorld, true);
  openWorld.proxy.set('pass');
  await expect(bo.page().getByRole('heading', { name: '1 not accepted' })).toBeVisible();
  await lock(openWorld, false);
  await bo.openRoom('General');
  await bo.message('final words').getByRole('button', { name: 'Retry' }).click();
  await expect(bo.mark('final words', 'On server')).toBeVisible();
  const stored = await openWorld.sql('select text from messages');
  expect(stored.map((row) => row['text'])).toEqual(['final words']);
});

test('a link to a message opens it, marks it, and survives signing in', async ({
  openWorld: world,
}) => {
  const ann = await world.newcomer('Ann');
  await ann.openRoom('General');
  await speak(world, { handle: 'cy', room: 'General', texts: lines(40) });
  await expect(ann.message('line 39')).toBeVisible();
  await ann.act('line 39', 'Copy link');
  const newest = new URL(await ann.page().evaluate(() => navigator.clipboard.readText()));
  await ann.page().evaluate(() => {
    const scroller = document.querySelector('ul[aria-label="Messages"]')?.parentElement
      ?.parentElement;
    scroller?.scrollTo(0, 0);
  });
  await expect(ann.message('line 0')).toBeVisible();
  await ann.act('line 2', 'Copy link');
  const oldest = new URL(await ann.page().evaluate(() => navigator.clipboard.readText()));
  const marked = ann.page().locator('[aria-current="true"]');

  await ann.page().evaluate((hash) => {
    location.hash = hash;
  }, newest.hash);
  await expect(marked).toContainText('line 39');
  await expect(marked).toBeInViewport();

  const bo = world.person('Bo');
  await bo.profile.open();
  await bo.signUp();
  await bo.askToSignOut();
  await bo.goTo(oldest.pathname + oldest.hash);
  await bo.page().getByLabel('Handle or e-mail').fill('bo');
  await bo.page().getByLabel('Password', { exact: true }).fill(PASSWORD);
  await bo.page().getByRole('button', { name: 'Sign in' }).click();
  const shown = bo.page().locator('[aria-current="true"]');
  await expect(shown).toContainText('line 2');
  await expect(shown).toBeInViewport();
});

test('who reads older messages keeps the place, and jumps to the newest', async ({
  openWorld: world,
}) => {
  const ann = await world.newcomer('Ann');
  const bo = await world.newcomer('Bo');
  await ann.openRoom('General');
  await bo.openRoom('General');
  await speak(world, { handle: 'cy', room: 'General', texts: lines(40) });
  await expect(ann.message('line 39')).toBeInViewport();
  await ann.message('line 39').hover();
  await ann.page().mouse.wheel(0, -900);
  const newest = ann.page().getByRole('button', { name: 'Jump to newest' });
  await expect(newest).toBeVisible();
  const seen = ann.message('line 15');
  await expect(seen).toBeInViewport();
  const before = await seen.boundingBox();
  await bo.write('something new');
  await expect(ann.page().getByRole('button', { name: '1 newer' })).toBeVisible();
  expect(await seen.boundingBox()).toEqual(before);
  await ann.page().getByRole('button', { name: '1 newer' }).click();
  await expect(ann.message('something new')).toBeInViewport();
  await expect(newest).toBeHidden();
});

test('a draft outlives a reload, and a device that is full', async ({ world }) => {
  const ann = await world.newcomer('Ann');
  await ann.openRoom('General');
  await composer(ann.page()).fill('half a thought');
  await ann.page().reload();
  await expect(composer(ann.page())).toHaveValue('half a thought');
  await composer(ann.page()).press('Control+Enter');
  await expect(ann.mark('half a thought', 'On server')).toBeVisible();
  await ann.page().reload();
  await expect(ann.message('half a thought')).toBeVisible();
  await expect(composer(ann.page())).toHaveValue('');

  // The outbox takes nothing more: the words come back into the field, and stay the draft.
  await ann.page().evaluate(() => {
    for (const method of ['add', 'put'] as const) {
      const original = Reflect.get(IDBObjectStore.prototype, method);
      IDBObjectStore.prototype[method] = function (...values) {
        if (this.name !== 'drafts') throw new DOMException('full', 'QuotaExceededError');
        return original.apply(this, values);
      };
    }
  });
  await composer(ann.page()).fill('no room for this');
  await composer(ann.page()).press('Control+Enter');
  await expect(ann.page().getByRole('alert')).toContainText('Not kept');
  await expect(composer(ann.page())).toHaveValue('no room for this');
  await ann.page().reload();
  await expect(composer(ann.page())).toHaveValue('no room for this');
});

test('typing echoes while hostile words stand among two hundred', async ({ openWorld: world }) => {
  const ann = await world.newcomer('Ann');
  await ann.openRoom('General');
  const texts = lines(200).map((line, i) => (i % 40 === 38 ? HOSTILE : line));
  await speak(world, { handle: 'cy', room: 'General', texts });
  await expect(ann.message('line 199')).toBeVisible();
  await composer(ann.page()).pressSequentially('a'.repeat(20));
  await expect(composer(ann.page())).toHaveValue('a'.repeat(20));
});

test('the keyboard alone does it all', async ({ world }) => {
  const ann = world.person('Ann');
  const page = await ann.profile.open();
  const { keyboard } = page;
  await ann.goTo('/sign-up');
  await page.getByLabel('Display name').focus();
  await keyboard.type('Ann');
  await keyboard.press('Tab');
  await expect(page.getByLabel('Handle')).toBeFocused();
  await expect(page.getByLabel('Handle')).toHaveValue('ann');
  await keyboard.press('Tab');
  await keyboard.type('ann@example.org');
  await keyboard.press('Tab');
  await keyboard.type('a long enough password');
  await keyboard.press('Enter');
  await expect(composer(page)).toBeVisible();

  await tabTo(page, /^Message General/);
  await keyboard.type('frist');
  await keyboard.press('Enter');
  await expect(ann.mark('frist', 'On server')).toBeVisible();
  await keyboard.press('ArrowUp');
  const edit = page.getByRole('textbox', { name: 'Message being edited' });
  await expect(edit).toBeFocused();
  await keyboard.press('Control+A');
  await keyboard.type('first');
  await keyboard.press('Enter');
  await expect(ann.message('first')).toBeVisible();
  await expect(composer(page)).toBeFocused();

  await keyboard.press('Shift+Tab');
  await expect(page.getByRole('button', { name: 'More' })).toBeFocused();
  await keyboard.press('Enter');
  await expect(page.getByRole('menu')).toBeFocused();
  await keyboard.press('End');
  await keyboard.press('Enter');
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await tabTo(page, 'Delete');
  await keyboard.press('Enter');
  await expect(page.getByText('Message deleted')).toBeVisible();
  await expect(ann.marked('On this device')).toHaveCount(0);

  world.proxy.set('refuse');
  await composer(page).focus();
  await keyboard.type('unsent');
  await keyboard.press('Enter');
  await expect(ann.offlineLine()).toContainText('1 message will go');
  await tabTo(page, 'Show them');
  await keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: '1 waiting' })).toBeVisible();
  world.proxy.set('pass');
  await expect(page.getByRole('heading', { name: 'Nothing is waiting' })).toBeVisible();

  await tabTo(page, 'Your account');
  await keyboard.press('Enter');
  await expect(page.getByRole('menu')).toBeFocused();
  await keyboard.press('End');
  await keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
});

/** Presses Tab until the control has the focus. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const focused = page
    .locator('*:focus')
    .and(
      page
        .getByRole('button', { name })
        .or(page.getByRole('link', { name }))
        .or(page.getByRole('textbox', { name })),
    );
  for (let i = 0; i < MAX_STOPS; i++) {
    if ((await focused.count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`no way to ${String(name)} with Tab`);
}

const MAX_STOPS = 40;

function lines(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `line ${i}`);
}
