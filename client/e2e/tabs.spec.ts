import { expect } from '@playwright/test';
import type { Tab } from './rig/person.ts';
import { test } from './rig/world.ts';

test('B20 two offline tabs show each other’s messages within a second, and each is sent once', async ({
  openWorld,
}) => {
  const ann = await openWorld.newcomer('Ann');
  await ann.openRoom('General');
  const second = await ann.secondTab();
  await second.openRoom('General');
  openWorld.proxy.set('refuse');

  await ann.write('from the first tab');
  // In the list within a second; a tab in the background is drawn when the browser gives it a frame.
  await expect(second.message('from the first tab')).toBeAttached({ timeout: 1_000 });
  await expect(second.message('from the first tab')).toBeVisible();
  await second.write('from the second tab');
  await expect(ann.message('from the second tab')).toBeAttached({ timeout: 1_000 });
  await expect(ann.message('from the second tab')).toBeVisible();

  openWorld.proxy.set('pass');
  for (const tab of [ann, second]) {
    await expect(tab.mark('from the second tab', 'On server')).toBeVisible();
    expect(await tab.texts()).toEqual(['from the first tab', 'from the second tab']);
  }
  expect(await storedTexts(openWorld.sql)).toEqual(['from the first tab', 'from the second tab']);
});

test('B20 the tab that sends is closed with unsent messages: another one sends them, once', async ({
  openWorld,
}) => {
  const ann = await openWorld.newcomer('Ann');
  await ann.openRoom('General');
  const second = await ann.secondTab();
  await second.openRoom('General');
  openWorld.proxy.set('refuse');
  await ann.write('from the first tab');
  await second.write('from the second tab');
  await expect(second.message('from the first tab')).toBeVisible();
  await ann.page().close();

  openWorld.proxy.set('pass');
  await expect(second.mark('from the second tab', 'On server')).toBeVisible();
  expect(await storedTexts(openWorld.sql)).toEqual(['from the first tab', 'from the second tab']);
});

test('B20 the tab that sends is hidden: the visible one takes over', async ({ openWorld }) => {
  const ann = await openWorld.newcomer('Ann');
  await ann.openRoom('General');
  const second = await ann.secondTab();
  await second.openRoom('General');
  const before = await senderOf(ann);
  openWorld.proxy.set('refuse');
  await ann.write('from the first tab');
  await second.write('from the second tab');

  await setVisibility(ann, 'hidden');
  await setVisibility(second, 'visible');
  await expect.poll(() => senderOf(ann)).not.toBe(before);
  openWorld.proxy.set('pass');
  await expect(second.mark('from the second tab', 'On server')).toBeVisible();
  expect(await storedTexts(openWorld.sql)).toEqual(['from the first tab', 'from the second tab']);
});

test('B20 a tab on the old build during an update corrupts nothing', async ({ changingWorld }) => {
  const { builds, proxy, server, sql } = changingWorld;
  const ann = await changingWorld.newcomer('Ann');
  await ann.page().evaluate(() => navigator.serviceWorker.ready);
  await ann.openRoom('General');
  await ann.write('before');
  await expect(ann.mark('before', 'On server')).toBeVisible();

  proxy.set('refuse');
  await ann.write('unsent when the update comes');
  builds.update();
  await server.kill('SIGTERM');
  await server.start();
  await ann.write('written during the update');
  proxy.set('pass');
  await expect(ann.mark('written during the update', 'On server')).toBeVisible();

  // The next visit finds the new version; nothing is taken over before somebody says so.
  const second = await ann.secondTab();
  await second.openRoom('General');
  expect(await buildOf(second)).toBe('old');
  await second.page().evaluate(async () => {
    await (await navigator.serviceWorker.getRegistration())?.update();
  });
  const offered = second.page().getByText('A new version is ready.');
  await expect(offered).toBeVisible();
  expect(await buildOf(ann)).toBe('old');

  proxy.set('refuse');
  await ann.write('unsent in the old tab');
  proxy.set('pass');
  await second.page().getByRole('button', { name: 'Reload' }).click();
  await expect(second.page().locator('script[src*="-new-"]')).toBeAttached();
  await second.openRoom('General');
  await ann.write('from the old build');
  await second.write('from the new build');
  for (const tab of [ann, second]) {
    await expect(tab.mark('from the old build', 'On server')).toBeVisible();
    await expect(tab.mark('from the new build', 'On server')).toBeVisible();
  }
  expect(await buildOf(ann)).toBe('old');
  // A part of the old build that was never needed so far, and that the server no longer has.
  await ann.joinRoom('Random');
  expect(await buildOf(ann)).toBe('old');
  // The other tab has taken the new version over: here, too, one tap is all it needs.
  await ann.page().getByRole('button', { name: 'Reload' }).click();
  await expect(ann.page().locator('script[src*="-new-"]')).toBeAttached();

  const written = await storedTexts(sql);
  expect(written.slice(0, 4)).toEqual([
    'before',
    'unsent when the update comes',
    'written during the update',
    'unsent in the old tab',
  ]);
  expect(written.slice(4).sort()).toEqual(['from the new build', 'from the old build']);
});

async function storedTexts(sql: (text: string) => Promise<Record<string, unknown>[]>) {
  const rows = await sql('select text from messages order by number');
  return rows.map((row) => row['text']);
}

/** The browser's name for the tab that holds the role of sender. */
function senderOf(tab: Tab): Promise<string | undefined> {
  return tab.page().evaluate(async () => {
    const { held } = await navigator.locks.query();
    return held?.find((lock) => lock.name?.endsWith(':sender'))?.clientId;
  });
}

/** A browser without a window has no tab in front: says what the browser would say. */
async function setVisibility(tab: Tab, state: 'visible' | 'hidden'): Promise<void> {
  await tab.page().evaluate((value) => {
    Object.defineProperty(document, 'visibilityState', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
}

/** Which of the two builds runs in a tab, by the name of its first file. */
async function buildOf(tab: Tab): Promise<string | undefined> {
  const sources = await tab
    .page()
    .locator('script[src*="/assets/"]')
    .evaluateAll((scripts) => scripts.map((script) => script.getAttribute('src') ?? ''));
  return ['old', 'new'].find((version) => sources.some((src) => src.includes(`-${version}-`)));
}
