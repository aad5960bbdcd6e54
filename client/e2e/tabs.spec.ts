import { expect } from '@playwright/test';
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
  await expect(second.message('from the first tab')).toBeVisible({ timeout: 1_000 });
  await second.write('from the second tab');
  await expect(ann.message('from the second tab')).toBeVisible({ timeout: 1_000 });

  openWorld.proxy.set('pass');
  for (const tab of [ann, second]) {
    await expect(tab.mark('from the second tab', 'On server')).toBeVisible();
    expect(await tab.texts()).toEqual(['from the first tab', 'from the second tab']);
  }
  const rows = await openWorld.sql('select text from messages order by number');
  expect(rows.map((row) => row['text'])).toEqual(['from the first tab', 'from the second tab']);
});
