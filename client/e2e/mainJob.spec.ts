import { expect } from '@playwright/test';
import { test } from './rig/world.ts';

test('two people see each other live', async ({ world }) => {
  const ann = await world.newcomer('Ann');
  const bo = await world.newcomer('Bo', { phone: true });
  await ann.openRoom('General');
  await bo.openRoom('General');

  await ann.write('Good morning');
  await expect(bo.message('Good morning')).toBeVisible();
  await expect(ann.mark('Good morning', 'On server')).toBeVisible();
});

test('both write offline, restart their browsers, and end up with the same room', async ({
  world,
}) => {
  const ann = await world.newcomer('Ann');
  const bo = await world.newcomer('Bo');
  const people = [ann, bo];
  for (const person of people) await person.openRoom('General');
  await ann.write('before');
  await expect(bo.message('before')).toBeVisible();

  world.proxy.set('refuse');
  await ann.write('from Ann, offline');
  await ann.write('and more from Ann');
  await bo.write('from Bo, offline');
  const own = new Map([
    [ann, ['before', 'from Ann, offline', 'and more from Ann']],
    [bo, ['before', 'from Bo, offline']],
  ]);
  for (const person of people) {
    await person.page().reload();
    await expect.poll(() => person.texts()).toEqual(own.get(person));
    await person.profile.close();
    await person.profile.open();
    await person.goTo('/');
    await person.openRoom('General');
    await expect.poll(() => person.texts()).toEqual(own.get(person));
  }

  world.proxy.set('pass');
  for (const person of people) {
    await expect.poll(async () => (await person.texts()).length).toBe(4);
    await expect(person.marked('On this device')).toHaveCount(0);
  }
  const [list, other] = await Promise.all(people.map((person) => person.texts()));
  expect(other).toEqual(list);
  expect([...(list ?? [])].sort()).toEqual(
    ['before', 'from Ann, offline', 'and more from Ann', 'from Bo, offline'].sort(),
  );
  expect(list?.indexOf('from Ann, offline')).toBeLessThan(list?.indexOf('and more from Ann') ?? -1);
});

test('on plain http in a local network, without service worker and locks, two tabs chat all the same', async ({
  world,
}) => {
  const ann = await world.newcomer('Ann', { plainHttp: true });
  const bo = await world.newcomer('Bo');
  expect(await ann.page().evaluate(() => isSecureContext)).toBe(false);
  const second = await ann.secondTab();
  for (const tab of [ann, second, bo]) await tab.openRoom('General');

  await ann.write('from the first tab');
  await second.write('from the second tab');
  world.proxy.set('refuse');
  await ann.write('offline');
  await expect(second.message('offline')).toBeVisible();
  world.proxy.set('pass');

  await expect(bo.message('offline')).toBeVisible();
  const written = ['from the first tab', 'from the second tab', 'offline'];
  for (const tab of [ann, second, bo]) await expect.poll(() => tab.texts()).toEqual(written);
  for (const tab of [ann, second]) await expect(tab.marked('On server')).toHaveCount(3);
});
