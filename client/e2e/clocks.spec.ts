import { expect } from '@playwright/test';
import { test } from './rig/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

test('B4 refuse: what was written 40 minutes ago arrives at the end, unread and marked', async ({
  openWorld: world,
}) => {
  const ann = await world.newcomer('Ann');
  const bo = await world.newcomer('Bo', { isBesideProxy: true });
  await bo.openRoom('General');
  await ann.openRoom('General');
  await ann.write('before');
  await expect(bo.message('before')).toBeVisible();

  await ann.profile.shiftClock(-40 * MINUTE_MS);
  world.proxy.set('refuse');
  await ann.page().reload();
  const late = ['late 1', 'late 2', 'late 3'];
  for (const text of late) await ann.write(text);
  await ann.profile.close();
  const meanwhile = ['meanwhile 1', 'meanwhile 2'];
  for (const text of meanwhile) await bo.write(text);
  await expect(bo.mark('meanwhile 2', 'On server')).toBeVisible();
  await bo.joinRoom('Random');

  // Opened again, Ann's clock is right.
  world.proxy.set('pass');
  await ann.profile.open();
  await ann.goTo('/');
  await ann.openRoom('General');
  await expect(ann.marked('On this device')).toHaveCount(0);
  await expect(bo.listed('General')).toContainText('3 unread');
  await bo.openRoom('General');
  await expect(bo.page().getByText(/^3 new since /)).toBeVisible();
  const all = ['before', ...meanwhile, ...late];
  for (const person of [ann, bo]) {
    await expect.poll(() => person.texts()).toEqual(all);
    for (const text of late) {
      await expect(person.message(text)).toContainText(/sent \d+:\d+, arrived \d+:\d+/);
    }
    for (const text of meanwhile) await expect(person.message(text)).not.toContainText('arrived');
  }
  const stored = await world.sql('select text from messages order by number');
  expect(stored.map((row) => row['text'])).toEqual(all);
});

test('B5 clocks at +5 h and -1 day change no order and pin nothing to the end', async ({
  openWorld: world,
}) => {
  const ann = await world.newcomer('Ann', { clockOffsetMs: 5 * HOUR_MS });
  const bo = await world.newcomer('Bo', { clockOffsetMs: -24 * HOUR_MS });
  const cy = await world.newcomer('Cy');
  const people = [ann, bo, cy];
  for (const person of people) await person.openRoom('General');
  const written: string[] = [];
  for (const round of [1, 2]) {
    for (const person of people) {
      const text = `${person.name} ${round}`;
      written.push(text);
      await person.write(text);
      for (const reader of people) await expect(reader.message(text)).toBeVisible();
    }
  }
  for (const person of people) await expect.poll(() => person.texts()).toEqual(written);
  // After a reload from this device as well.
  world.proxy.set('refuse');
  await cy.page().reload();
  await expect.poll(() => cy.texts()).toEqual(written);
  // From the future: shown as it arrived. From yesterday: marked.
  await expect(cy.message('Ann 2')).not.toContainText('arrived');
  await expect(cy.message('Bo 2')).toContainText(/sent .*, arrived /);
  await expect(cy.page().getByRole('list', { name: 'Messages' })).not.toContainText('Tomorrow');
});
