import { expect, type Page } from '@playwright/test';
import { findOnDevice } from './rig/onDevice.ts';
import { test } from './rig/world.ts';

// In all of these another process on the database acts than the one that serves the people.

test('B8 refuse: a removal beats an edit made offline, and the author is told and can copy it', async ({
  moderatedWorld: world,
}) => {
  const ann = await world.newcomer('Ann', { isBesideProxy: true });
  const bo = await world.newcomer('Bo');
  for (const person of [ann, bo]) await person.openRoom('General');
  await bo.write('not nice');
  await expect(bo.mark('not nice', 'On server')).toBeVisible();
  await expect(ann.message('not nice')).toBeVisible();

  world.proxy.set('refuse');
  await expect(bo.offlineLine()).toBeVisible();
  await bo.act('not nice', 'Edit');
  await bo.page().getByRole('textbox', { name: 'Message being edited' }).fill('even worse');
  await bo.page().getByRole('button', { name: 'Save' }).click();
  await expect(bo.message('even worse')).toBeVisible();
  await world.moderation.redact('not nice', 'manners');
  const removed = 'Removed by a moderator: manners';
  await expect(ann.page().getByText(removed)).toBeVisible();

  world.proxy.set('pass');
  await expect(bo.page().getByText(removed)).toBeVisible();
  await expect(bo.listed('General')).toContainText('1 not accepted');
  for (const { page } of [ann, bo]) {
    await expect(page().getByRole('list', { name: 'Messages' })).not.toContainText('even worse');
  }
  const clipboard = () => bo.page().evaluate(() => navigator.clipboard.readText());
  const entry = bo.page().getByRole('listitem').filter({ hasText: removed });
  await expect(entry.getByRole('button', { name: 'Retry' })).toBeHidden();
  await entry.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect.poll(clipboard).toBe('even worse');
  await bo.page().evaluate(() => navigator.clipboard.writeText('something else'));
  await bo.goTo('/outbox');
  const row = bo.page().getByRole('listitem').filter({ hasText: 'even worse' });
  await expect(row).toContainText('a moderator removed the message in the meantime');
  // The same again could only be refused again.
  await expect(row.getByRole('button')).toHaveText(['Copy', 'Discard']);
  await row.getByRole('button', { name: 'Copy' }).click();
  await expect.poll(clipboard).toBe('even worse');

  // On a device that comes later, and on these from disk.
  const stored = await world.sql('select text, deleted from messages');
  expect(stored).toEqual([{ text: null, deleted: true }]);
  for (const person of [ann, bo]) {
    await person.goTo('/');
    await person.openRoom('General');
    await expect(person.page().getByText(removed)).toBeVisible();
  }
  await entry.getByRole('button', { name: 'Discard' }).press('Enter');
  await expect(entry.getByRole('button', { name: 'Discard' })).toBeHidden();
  await expect(entry.locator('[data-part="row"]')).toBeFocused();
});

test('B9 what was removed is on no device that has synced, in no database of the browser', async ({
  moderatedWorld: world,
}) => {
  const ann = await world.newcomer('Ann');
  const bo = await world.newcomer('Bo');
  const cy = await world.newcomer('Cy');
  for (const person of [ann, bo]) await person.openRoom('General');
  await cy.joinRoom('Random');
  const [control, marker] = ['kept-control-4711', 'secret-marker-4712'];
  await bo.write(control);
  await bo.write(marker);
  await expect(bo.mark(marker, 'On server')).toBeVisible();
  await expect(ann.message(marker)).toBeVisible();
  await expect(cy.listed('General')).toContainText(marker);
  for (const { page } of [ann, bo]) {
    await expect.poll(() => findOnDevice(page(), control)).not.toEqual([]);
    await expect.poll(() => findOnDevice(page(), marker)).not.toEqual([]);
  }
  await expect.poll(() => findOnDevice(cy.page(), marker)).not.toEqual([]);

  await world.moderation.redact(marker, 'not here');
  for (const { page } of [ann, bo]) {
    await expect.poll(() => findOnDevice(page(), marker)).toEqual([]);
  }
  // Cy's list quoted it, without the room being open there.
  await expect(cy.listed('General')).toContainText(control);
  await expect(cy.listed('General')).not.toContainText(marker);
  await expect.poll(() => findOnDevice(cy.page(), marker)).toEqual([]);
  for (const person of [ann, bo, cy]) {
    expect(await findOnDevice(person.page(), control)).not.toEqual([]);
    await expect(person.listed('General')).toContainText(control);
  }
});

test('B9 refuse: a device that was away when a message went stops quoting it as it comes back', async ({
  moderatedWorld: world,
}) => {
  const ann = await world.newcomer('Ann', { isBesideProxy: true });
  const cy = await world.newcomer('Cy');
  await ann.openRoom('General');
  await cy.joinRoom('Random');
  for (const text of ['kept-control-4711', 'secret-marker-4712', 'regretted-marker-4713'])
    await ann.write(text);
  await expect(cy.listed('General')).toContainText('regretted-marker-4713');
  world.proxy.set('refuse');
  await expect(cy.offlineLine()).toBeVisible();
  await ann.act('regretted-marker-4713', 'Delete');
  await ann.page().getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await world.moderation.redact('secret-marker-4712', 'not here');
  await expect(ann.page().getByText('Message deleted')).toBeVisible();
  await cy.page().reload();
  await expect(cy.listed('General')).toContainText('regretted-marker-4713');

  world.proxy.set('pass');
  await expect(cy.listed('General')).toContainText('kept-control-4711');
  for (const gone of ['secret-marker-4712', 'regretted-marker-4713'])
    await expect.poll(() => findOnDevice(cy.page(), gone)).toEqual([]);
});

test('B11 refuse: removed while offline, five unsent are set aside and other rooms go on', async ({
  moderatedWorld: world,
}) => {
  const ann = await world.newcomer('Ann', { isBesideProxy: true });
  const bo = await world.newcomer('Bo');
  for (const person of [ann, bo]) await person.joinRoom('Random');
  await bo.write('before');
  await expect(bo.mark('before', 'On server')).toBeVisible();
  world.proxy.set('refuse');
  await expect(bo.offlineLine()).toBeVisible();
  const unsent = Array.from({ length: 5 }, (_, i) => `unsent ${i + 1}`);
  for (const text of unsent) await bo.write(text);
  await bo.openRoom('General');
  await bo.write('elsewhere');
  await world.moderation.remove('bo', 'Random', 'for a reason');

  world.proxy.set('pass');
  await expect(bo.mark('elsewhere', 'On server')).toBeVisible();
  await bo.goTo('/outbox');
  const page = bo.page();
  await expect(page.getByRole('heading', { name: '5 not accepted' })).toBeVisible();
  await expect(page.getByRole('heading', { level: 3, name: 'Random' })).toBeVisible();
  const why = /Not accepted at \d+:\d+.*: you were removed from #Random, or left it/;
  const rows = page.getByRole('listitem').filter({ hasText: why });
  await expect(rows).toHaveCount(5);
  for (const [index, text] of unsent.entries()) {
    await expect(rows.nth(index)).toContainText(text);
    await rows.nth(index).getByRole('button', { name: 'Copy' }).click();
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(text);
  }
  // By keyboard, one after the other can be dealt with.
  await rows.first().getByRole('button', { name: 'Discard' }).press('Enter');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Discard' }).press('Enter');
  await expect(rows).toHaveCount(4);
  await expect(rows.filter({ hasText: 'unsent 2' })).toBeFocused();
  const stored = await world.sql('select text from messages order by arrived');
  expect(stored.map((row) => row['text'])).toEqual(['before', 'elsewhere']);
  await bo.openRoom('General');
  await bo.write('life goes on');
  await expect(bo.mark('life goes on', 'On server')).toBeVisible();
});

test('B12 removal closes the open room within 5 s, and the next start leaves nothing of it', async ({
  moderatedWorld: world,
}) => {
  const ann = await world.newcomer('Ann');
  const bo = await world.newcomer('Bo');
  for (const person of [ann, bo]) await person.joinRoom('Random');
  await ann.write('for members only');
  await expect(bo.message('for members only')).toBeVisible();
  await expect.poll(() => findOnDevice(bo.page(), 'for members only')).not.toEqual([]);

  await world.moderation.remove('bo', 'Random', 'for a reason');
  const forbidden = bo.page().getByRole('heading', { name: 'You are not in this room' });
  await expect(forbidden).toBeVisible({ timeout: 5_000 });
  await expect(bo.listed('Random')).toBeHidden();
  await ann.write('without Bo');
  await expect(ann.mark('without Bo', 'On server')).toBeVisible();

  await bo.profile.close();
  await bo.profile.open();
  await bo.goTo('/');
  await bo.openRoom('General');
  const [random] = await world.sql(`select id from rooms where name = 'Random'`);
  await expect.poll(() => databasesWith(bo.page(), String(random?.['id']))).toEqual([]);
  await expect.poll(() => findOnDevice(bo.page(), 'for members only')).toEqual([]);
  await expect(bo.listed('Random')).toBeHidden();
});

test('B11 a suspended account is signed out, can still read, and what was unsent is not lost', async ({
  moderatedWorld: world,
}) => {
  await world.newcomer('Ann');
  const bo = await world.newcomer('Bo');
  await bo.openRoom('General');
  await bo.write('before');
  await expect(bo.mark('before', 'On server')).toBeVisible();
  await world.moderation.suspend('bo', 'for a reason');
  await expect(bo.page().getByText('You are signed out.')).toBeVisible();
  await bo.write('after');
  await expect(bo.mark('after', 'On server')).toBeHidden();
  await bo.page().reload();
  await expect(bo.message('before')).toBeVisible();
  await expect(bo.message('after')).toBeVisible();
  const stored = await world.sql('select text from messages');
  expect(stored.map((row) => row['text'])).toEqual(['before']);
});

function databasesWith(page: Page, part: string): Promise<string[]> {
  return page.evaluate(
    async (wanted) =>
      (await indexedDB.databases()).flatMap(({ name = '' }) =>
        name.includes(wanted) ? [name] : [],
      ),
    part,
  );
}
