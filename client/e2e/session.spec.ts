import { expect, type Page } from '@playwright/test';
import { test } from './rig/world.ts';

test('B13 an expired session locks nobody out and loses nothing', async ({ openWorld }) => {
  const ann = await openWorld.newcomer('Ann');
  await ann.openRoom('General');
  await ann.write('before');
  await expect(ann.mark('before', 'On server')).toBeVisible();
  openWorld.proxy.set('refuse');
  await openWorld.sql(`update sessions set expires_at = now() - interval '1 hour'`);
  await ann.write('kept');
  // A session that was just looked up counts for a few seconds more.
  const { url: origin } = openWorld.server;
  const askWhoIAm = () => ann.page().request.get(`${origin}/api/me`, { headers: { origin } });
  await expect.poll(async () => (await askWhoIAm()).status()).toBe(401);
  openWorld.proxy.set('pass');

  await expect(ann.page().getByRole('link', { name: 'Sign in' })).toBeVisible();
  await ann.page().reload();
  await ann.openRoom('General');
  await expect.poll(() => ann.texts()).toEqual(['before', 'kept']);
  await expect(ann.mark('kept', 'On this device')).toBeVisible();

  // Another person on the same device: nothing of Ann's goes out.
  const bo = openWorld.person('Bo', { profile: ann.profile });
  await bo.signUp();
  await bo.openRoom('General');
  await bo.write('from Bo');
  await expect(bo.mark('from Bo', 'On server')).toBeVisible();
  expect(await stored(openWorld.sql)).toEqual(['before', 'from Bo']);
  await bo.askToSignOut();

  await ann.signIn();
  await ann.openRoom('General');
  await expect(ann.mark('kept', 'On server')).toBeVisible();
  expect(await stored(openWorld.sql)).toEqual(['before', 'from Bo', 'kept']);
});

test('B14 signing out asks when something is unsent, and then leaves nothing behind', async ({
  world,
}) => {
  const ann = await world.newcomer('Ann');
  await ann.openRoom('General');
  await ann.write('sent');
  await expect(ann.mark('sent', 'On server')).toBeVisible();
  const second = await ann.profile.context().newPage();
  await second.goto(world.url);
  await expect(second.getByRole('link', { name: /General/ })).toBeVisible();

  world.proxy.set('refuse');
  await ann.write('unsent one');
  await ann.write('unsent two');
  world.proxy.set('hang');
  await ann.askToSignOut();
  const question = ann.page().getByRole('alertdialog');
  await expect(question).toContainText('2');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await ann.openRoom('General');
  await expect(ann.message('unsent two')).toBeVisible();

  await ann.askToSignOut();
  await question.getByRole('button', { name: 'Sign out' }).click();
  await expect
    .poll(() => leftOnDevice(ann.page()))
    .toEqual({ databases: [], localStorage: [], foreignCaches: [] });
  await expect(second.getByRole('button', { name: 'Sign in' })).toBeVisible();
  world.proxy.set('pass');
  await ann.page().reload();
  await expect(ann.page().getByRole('button', { name: 'Sign in' })).toBeVisible();
});

/** What the origin still holds, but for the app's own files. */
function leftOnDevice(page: Page) {
  return page.evaluate(async () => ({
    databases: (await indexedDB.databases()).map(({ name }) => name),
    localStorage: Object.keys(localStorage),
    foreignCaches: (await caches.keys()).filter((name) => !name.includes('precache')),
  }));
}

type Sql = (text: string) => Promise<Record<string, unknown>[]>;

async function stored(sql: Sql): Promise<unknown[]> {
  return (await sql('select text from messages order by number')).map((row) => row['text']);
}
