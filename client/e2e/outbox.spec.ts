import { expect } from '@playwright/test';
import { composer } from './rig/person.ts';
import { test } from './rig/world.ts';

test('B1 the outbox survives the death of the browser', async ({ world }) => {
  const ann = await world.newcomer('Ann');
  const bo = await world.newcomer('Bo');
  await ann.joinRoom('Random');
  await bo.joinRoom('Random');
  // Chromium keeps a new cookie in memory for half a minute: this Ann signed in some time ago.
  await ann.profile.close();
  await ann.profile.open();
  await ann.goTo('/');
  await ann.openRoom('Random');
  await ann.openRoom('General');
  world.proxy.set('refuse');

  await ann.write('first, in General');
  await ann.write('second, in General');
  await ann.openRoom('Random');
  await ann.write('third, in Random');
  await expect(ann.mark('third, in Random', 'On this device')).toBeVisible();
  await ann.profile.kill();

  await ann.profile.open();
  await ann.goTo('/');
  // The browser, too, knows that there is no network, and is told when it is back.
  for (const { profile } of [ann, bo]) await profile.context().setOffline(true);
  await ann.openRoom('General');
  for (const text of ['first, in General', 'second, in General']) {
    await expect(ann.mark(text, 'On this device')).toBeVisible();
  }
  await ann.openRoom('Random');
  await expect(ann.mark('third, in Random', 'On this device')).toBeVisible();

  await bo.openRoom('General');
  world.proxy.set('pass');
  for (const { profile } of [bo, ann]) await profile.context().setOffline(false);
  await expect(bo.message('second, in General')).toBeVisible({ timeout: 5_000 });
  expect(await bo.texts()).toEqual(['first, in General', 'second, in General']);
  await bo.openRoom('Random');
  await expect(bo.message('third, in Random')).toBeVisible();
  expect(await bo.texts()).toEqual(['third, in Random']);
});

test('B2 a message whose receipt is lost again and again arrives exactly once', async ({
  openWorld,
}) => {
  const ann = await openWorld.newcomer('Ann', { tall: true });
  await ann.openRoom('General');
  for (let i = 0; i < 20; i++) {
    // The line works in both directions, for all that has to be known before anything is sent.
    await ann.write(`line ${i}`);
    await expect(ann.mark(`line ${i}`, 'On server')).toBeVisible();
    openWorld.proxy.set('drop-answers');
    await ann.write(`message ${i}`);
    // The server has it; nobody hears of it.
    await expect.poll(() => storedTexts(openWorld.sql)).toContain(`message ${i}`);
    openWorld.proxy.cut();
    openWorld.proxy.set('pass');
  }
  const written = Array.from({ length: 20 }, (_, i) => [`line ${i}`, `message ${i}`]).flat();
  await expect(ann.mark('message 19', 'On server')).toBeVisible();
  await expect(ann.marked('On this device')).toHaveCount(0);
  expect(await ann.texts()).toEqual(written);
  expect(await storedTexts(openWorld.sql)).toEqual(written);
});

test('B3 a sender’s order holds on a flapping line', async ({ openWorld }) => {
  const ann = await openWorld.newcomer('Ann', { tall: true });
  const bo = await openWorld.newcomer('Bo', { tall: true });
  await ann.openRoom('General');
  await bo.openRoom('General');
  const flap = startFlapping(openWorld.proxy);
  const written = Array.from({ length: 50 }, (_, i) => `message ${i}`);
  for (const text of written) await ann.write(text);
  await expect.poll(() => flap.cycles(), { timeout: 60_000 }).toBeGreaterThan(3);
  flap.stop();

  await expect.poll(() => bo.texts(), { timeout: 30_000 }).toEqual(written);
  await expect(ann.marked('On this device')).toHaveCount(0);
  expect(await ann.texts()).toEqual(written);
  expect(await storedTexts(openWorld.sql)).toEqual(written);
});

test('B7 what was deleted before it was sent never leaves', async ({ openWorld }) => {
  const ann = await openWorld.newcomer('Ann');
  const bo = await openWorld.newcomer('Bo');
  const frames: string[] = [];
  ann.page().on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => frames.push(payload.toString()));
  });
  await ann.openRoom('General');
  await bo.openRoom('General');
  openWorld.proxy.set('refuse');
  await ann.write('control-6f1c');
  await ann.write('secret-9d2e');
  await ann.act('secret-9d2e', 'Delete before it is sent');
  openWorld.proxy.set('pass');

  await expect(bo.message('control-6f1c')).toBeVisible();
  const traces = async (marker: string) => ({
    frames: frames.some((frame) => frame.includes(marker)),
    log: await countRows(openWorld.sql, marker),
    others: (await bo.texts()).includes(marker),
  });
  expect(await traces('control-6f1c')).toEqual({ frames: true, log: true, others: true });
  expect(await traces('secret-9d2e')).toEqual({ frames: false, log: false, others: false });
});

type Sql = (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;

async function storedTexts(sql: Sql): Promise<unknown[]> {
  return (await sql('select text from messages order by number')).map((row) => row['text']);
}

/** Whether any row of the log, the snapshots or the projection holds the marker's bytes. */
async function countRows(sql: Sql, marker: string): Promise<boolean> {
  const rows = await sql(
    `select 1 from updates where position($1::bytea in data) > 0
     union all select 1 from documents where position($1::bytea in snapshot) > 0
     union all select 1 from messages where text like '%' || convert_from($1::bytea, 'UTF8') || '%'`,
    [Buffer.from(marker)],
  );
  return rows.length > 0;
}

/** Two seconds up, one second down, until stopped. */
function startFlapping(proxy: { set: (mode: 'pass' | 'refuse') => void }) {
  let cycles = 0;
  let timer: NodeJS.Timeout;
  const down = () => {
    proxy.set('refuse');
    timer = setTimeout(up, 1_000);
  };
  const up = () => {
    cycles += 1;
    proxy.set('pass');
    timer = setTimeout(down, 2_000);
  };
  down();
  return {
    cycles: () => cycles,
    stop: () => {
      clearTimeout(timer);
      proxy.set('pass');
    },
  };
}

test('B25 refuse: a room that became public asks, in the list too, and the answer gives the composer back', async ({
  moderatedWorld: world,
}) => {
  const ann = await world.newcomer('Ann');
  const page = ann.page();
  await ann.joinRoom('Random');
  await ann.openRoom('General');
  await world.moderation.setKind('General', 'private');
  await expect(ann.listed('General')).toContainText('Private room');
  world.proxy.set('refuse');
  await expect(ann.offlineLine()).toBeVisible();
  await ann.write('between us');
  await ann.openRoom('Random');
  await world.moderation.setKind('General', 'public');
  world.proxy.set('pass');
  await expect(ann.listed('General')).toContainText('1 waits for your answer');
  await expect(ann.listed('General')).not.toContainText('unsent');

  await ann.openRoom('General');
  await page.getByRole('button', { name: 'Send anyway' }).press('Enter');
  await expect(ann.mark('between us', 'On server')).toBeVisible();
  await expect(composer(page)).toBeFocused();
  await expect(ann.listed('General')).not.toContainText('waits for your answer');
});

test('B25 refuse: what was written for few is discarded in the outbox, and the reader is at its head', async ({
  moderatedWorld: world,
}) => {
  const ann = await world.newcomer('Ann');
  const page = ann.page();
  await ann.openRoom('General');
  await world.moderation.setKind('General', 'private');
  await expect(ann.listed('General')).toContainText('Private room');
  world.proxy.set('refuse');
  await expect(ann.offlineLine()).toBeVisible();
  await ann.write('between us');
  await world.moderation.setKind('General', 'public');
  world.proxy.set('pass');
  await expect(page.getByText('This room became public.')).toBeVisible();
  await ann.goTo('/outbox');
  const question = page.getByRole('group', { name: 'This room became public.' });
  await question.getByRole('button', { name: 'Discard' }).press('Enter');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Discard' }).press('Enter');
  await expect(page.getByRole('heading', { name: 'Outbox' })).toBeFocused();
  expect(await world.sql('select text from messages')).toEqual([]);
});

test('B25 refuse: where nobody can write any more, the answer leads to why, and no composer takes the focus later', async ({
  moderatedWorld: world,
}) => {
  const ann = await world.newcomer('Ann');
  const page = ann.page();
  const setArchivedAt = async (at: number | null) => {
    await world.sql(`update rooms set archived_at = $1 where name = 'General'`, [at]);
    await world.moderation.setKind('General', 'public');
  };
  await ann.openRoom('General');
  await world.moderation.setKind('General', 'private');
  await expect(ann.listed('General')).toContainText('Private room');
  world.proxy.set('refuse');
  await expect(ann.offlineLine()).toBeVisible();
  await ann.write('between us');
  await setArchivedAt(1);
  world.proxy.set('pass');
  const note = page.locator('p', { hasText: 'archived' });
  await expect(note).toBeVisible();
  await page.getByRole('button', { name: 'Send anyway' }).press('Enter');
  await expect(note).toBeFocused();

  const link = page.getByRole('link', { name: 'General' });
  await link.focus();
  await setArchivedAt(null);
  await expect(composer(page)).toBeVisible();
  await expect(link).toBeFocused();
});
