import { expect } from '@playwright/test';
import { test } from './rig/world.ts';

/** `SKERRY_SOAK=1` runs the full lengths: one of 70 s and four of 10 s. */
const SLEEPS_MS =
  process.env['SKERRY_SOAK'] === '1' ? [70_000, 10_000, 10_000, 10_000, 10_000] : [7_000];

test('B19 waking from suspension catches up within 3 s', async ({ world }) => {
  test.setTimeout(300_000);
  const ann = await world.newcomer('Ann');
  const bo = await world.newcomer('Bo');
  await ann.openRoom('General');
  await bo.openRoom('General');
  for (const [round, sleepMs] of SLEEPS_MS.entries()) {
    const before = `before sleep ${round}`;
    await bo.write(before);
    await expect(ann.message(before)).toBeVisible();

    const renderers = ann.profile.processes('renderer');
    expect(renderers.length).toBeGreaterThan(0);
    for (const pid of renderers) process.kill(pid, 'SIGSTOP');
    // The network forgets the connections without telling anybody. Bo's device notices and comes back.
    world.proxy.freezeOpen();
    const asleep = `while asleep ${round}`;
    await bo.write(asleep);
    await new Promise((done) => setTimeout(done, sleepMs));
    await expect(bo.mark(asleep, 'On server')).toBeVisible();
    for (const pid of renderers) process.kill(pid, 'SIGCONT');

    await expect(ann.message(asleep)).toBeVisible({ timeout: 3_000 });
  }
});
