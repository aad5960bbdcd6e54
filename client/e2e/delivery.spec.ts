import { expect } from '@playwright/test';
import { openDevice, signUpStranger } from '../../sync-server/test/stranger.ts';
import { messagesOf } from '@skerry/protocol/page/pageDoc.ts';
import { test } from './rig/world.ts';

test('B6 nothing is called "on server" before it is stored, and nothing that was is lost', async ({
  openWorld,
}) => {
  const ann = await openWorld.newcomer('Ann');
  const observer = await signUpStranger(openWorld.server.url, 'observer');
  await ann.openRoom('General');
  await ann.write('stored');
  await expect(ann.mark('stored', 'On server')).toBeVisible();

  const release = await openWorld.withholdCommits();
  await ann.write('withheld');
  await expect.poll(() => openWorld.sql(WAITING)).toHaveLength(1);
  await expect(ann.mark('withheld', 'On this device')).toBeVisible();
  await release();
  await expect(ann.mark('withheld', 'On server')).toBeVisible();

  // Under load: whatever shows "on server" when the process dies must be there without Ann's device.
  for (let i = 0; i < 30; i++) await ann.write(`load ${i}`);
  const shown = await ann.textsOf(ann.marked('On server'));
  await openWorld.server.kill('SIGKILL');
  await ann.profile.dispose();
  await openWorld.server.start();

  const device = openDevice(openWorld.server.url, observer);
  const [general] = await openWorld.sql(`select id from rooms where name = 'General'`);
  const { doc } = await device.openPage(general?.['id'] as never);
  const kept = [...messagesOf(doc).values()].map((value) => (value as { text: string }).text);
  device.close();
  expect(shown.length).toBeGreaterThanOrEqual(2);
  expect(kept).toEqual(expect.arrayContaining(shown));
});

const WAITING = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%updates%'`;
