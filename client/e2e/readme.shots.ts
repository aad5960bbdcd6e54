import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { PHONE } from './rig/profile.ts';
import { composer } from './rig/person.ts';
import { openAddRoom } from './rig/screens.ts';
import { speak } from './rig/speak.ts';
import { test } from './rig/world.ts';

const FOLDER = join(import.meta.dirname, '../../docs/screenshots');
const ROOMS = [
  { name: 'boats-and-fuel', topic: 'Who has which boat' },
  { name: 'gauge-data', topic: 'Levels, every ten minutes' },
  { name: 'kittiwake-count', topic: 'Plots A to F' },
  { name: 'permits-2026', topic: 'With the county', isPrivate: true },
  { name: 'north-shore', topic: 'Gauge swap and seabird count, 18 to 22 May' },
];
const NIGHT_LOG = [
  'Night log from the three gauges. `09` needs a battery today.',
  '```\ngauge-07  06:40  level 1.82 m  batt 11.4 V\ngauge-08  06:40  level 1.80 m  batt 11.2 V\ngauge-09  06:40  level 1.79 m  batt 10.1 V  low\n```',
];
const CLIFF = [
  'No signal behind the cliff. The landing is slippery but fine: use the left-hand rope.',
  'To bring:\n\n- both ropes\n- the long ladder\n- a **spare radio**',
];

test('the picture in the README', async ({ openWorld: world }) => {
  const ann = await world.newcomer('Ann');
  const page = ann.page();
  for (const { name, topic, isPrivate } of ROOMS) {
    await openAddRoom(page, 'Create a room');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByLabel('Topic (optional)').fill(topic);
    if (isPrivate === true) await dialog.getByRole('radio', { name: 'Private' }).check();
    await dialog.getByRole('button', { name: 'Create room' }).click();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  }
  const say = (handle: string, name: string, hue: string, texts: string[], lateMs = 0) =>
    speak(world, { handle, room: 'north-shore', texts, lateMs, looks: { name, hue } });
  await say('cy', 'Cy', '290', NIGHT_LOG);
  await ann.write('I have two spares.');
  await expect(ann.mark('I have two spares.', 'On server')).toBeVisible();
  await say('omid', 'Omid', '145', [
    'قایق دوم آماده است. ساعت ۱۳ کنار اسکله می‌بینمتان، جلیقه‌ها را فراموش نکنید.',
  ]);
  await say('dana', 'Dana', '20', CLIFF, 40 * 60_000);
  await ann.write('Two at a time, copied.');
  await expect(ann.mark('Two at a time, copied.', 'On server')).toBeVisible();
  await ann.page().getByRole('link', { name: 'gauge-data' }).click();
  await ann.openRoom('north-shore');
  const desktop = await page.screenshot();

  world.proxy.set('refuse');
  await ann.write('Ladder goes down to the cove first.');
  await ann.write('If you read this late: we start without the second boat.');
  await expect(ann.offlineLine()).toContainText('2 messages will go');
  await composer(page).fill('Radio is on channel 12,');
  await page.mouse.move(0, 0);
  await page.setViewportSize(PHONE);
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await expect(
    ann.message('If you read this late: we start without the second boat.'),
  ).toBeInViewport();
  const phone = await page.screenshot();

  mkdirSync(FOLDER, { recursive: true });
  const board = await page.context().newPage();
  await board.setViewportSize({ width: 1519, height: 760 });
  await board.setContent(`<style>
    body { margin: 0; padding: 30px; background: #a9b9ba; display: flex; gap: 24px; }
    img { height: 700px; border-radius: 14px; }
  </style>${[desktop, phone].map((png) => `<img src="data:image/png;base64,${png.toString('base64')}">`).join('')}`);
  await board.screenshot({ path: join(FOLDER, 'room.png') });
});
