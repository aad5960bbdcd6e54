import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRoomDatabase, type RoomDatabase } from '../../../sync-server/test/roomNodes.ts';
import { judge } from '../../test/sync/roomJudge.ts';
import {
  closeScene,
  deviceAt,
  heal,
  openScene,
  play,
  settle,
  type Scene,
  type Step,
} from '../../test/sync/roomScene.ts';

/** Ann's two devices and Bo's. */
const [PHONE, LAPTOP, BO] = [0, 1, 2];

let database: RoomDatabase;
beforeAll(async () => {
  database = await openRoomDatabase();
});
afterAll(() => database.close());

async function playAll(scene: Scene, ...steps: Step[]): Promise<void> {
  for (const step of steps) {
    await play(scene, step);
    await settle(scene.nodes);
  }
}

function posts(device: number, count: number): Step[] {
  return Array.from({ length: count }, () => ({ do: 'post', device }));
}

function trayOf(scene: Scene, device: number): string[] {
  return deviceAt(scene, device)
    .disk.rows()
    .tray.map(({ refusal }) => refusal.code);
}

async function end(scene: Scene): Promise<void> {
  await heal(scene);
  await judge(scene);
  await closeScene(scene);
}

test('N8 a device without a copy changes a message at a process that had not heard of it', async () => {
  const scene = await openScene(database);
  await playAll(
    scene,
    ...posts(PHONE, 1),
    { do: 'sync', device: PHONE },
    { do: 'cut', device: PHONE, late: false },
    { do: 'edit', device: PHONE, pick: 0 },
    { do: 'restart', device: PHONE, keep: false },
    // Where the laptop has the page open since before.
    { do: 'connect', device: PHONE, node: 1 },
    { do: 'sync', device: PHONE },
  );
  expect(trayOf(scene, PHONE)).toEqual([]);
  expect(deviceAt(scene, PHONE).disk.rows().outbox).toEqual([]);
  await end(scene);
});

test('T12 an edit follows its message to the page on which it is since a backup was restored', async () => {
  const scene = await openScene(database);
  await playAll(
    scene,
    { do: 'backUp' },
    ...posts(PHONE, 6),
    { do: 'sync', device: PHONE },
    { do: 'news', node: 1 },
    { do: 'sync', device: LAPTOP },
    { do: 'cut', device: LAPTOP, late: false },
    // The last one of page 0, which is on page 1 when Bo is there first.
    { do: 'edit', device: LAPTOP, pick: 1 },
    { do: 'restore' },
    ...posts(BO, 3),
    { do: 'connect', device: BO, node: 0 },
    { do: 'sync', device: BO },
    { do: 'connect', device: PHONE, node: 0 },
    { do: 'sync', device: PHONE },
    { do: 'time', device: PHONE },
    { do: 'sync', device: PHONE },
    { do: 'news', node: 1 },
    { do: 'connect', device: LAPTOP, node: 1 },
    { do: 'sync', device: LAPTOP },
  );
  expect(trayOf(scene, LAPTOP)).toEqual([]);
  expect(deviceAt(scene, LAPTOP).disk.rows().outbox).toEqual([]);
  await end(scene);
});

test('T12 what was deleted offline does not go again when a restored server lacks it', async () => {
  const scene = await openScene(database);
  await playAll(
    scene,
    { do: 'backUp' },
    ...posts(BO, 1),
    { do: 'sync', device: BO },
    { do: 'cut', device: BO, late: false },
    { do: 'remove', device: BO, pick: 0 },
    { do: 'restore' },
    { do: 'connect', device: BO, node: 0 },
    { do: 'sync', device: BO },
  );
  expect(await scene.nodes.readProjection()).toEqual([]);
  await end(scene);
});

test('T12 B15 a copy of the time before a backup was restored does not count as unread', async () => {
  const scene = await openScene(database);
  const phone = deviceAt(scene, PHONE);
  const unread = (): unknown => phone.skerry().rooms.get()?.[0]?.unread;
  await playAll(
    scene,
    ...posts(BO, 2),
    { do: 'sync', device: BO },
    { do: 'backUp' },
    ...posts(BO, 2),
    { do: 'sync', device: BO },
    { do: 'sync', device: PHONE },
  );
  expect(unread()).toBe(4);
  await playAll(
    scene,
    { do: 'restore' },
    { do: 'connect', device: PHONE, node: 0 },
    { do: 'sync', device: PHONE },
  );
  expect(unread()).toBe(2);
  await end(scene);
});

test.each([
  ['the one that read further', [PHONE, LAPTOP]],
  ['the one that marked some unread again', [LAPTOP, PHONE]],
] as const)('B15 what two devices read offline is joined, %s first', async (_first, order) => {
  const scene = await openScene(database);
  await playAll(
    scene,
    ...posts(BO, 5),
    { do: 'sync', device: BO },
    { do: 'news', node: 1 },
    { do: 'sync', device: PHONE },
    { do: 'sync', device: LAPTOP },
    { do: 'cut', device: PHONE, late: false },
    { do: 'cut', device: LAPTOP, late: false },
    { do: 'read', device: PHONE, pick: 0 },
    { do: 'read', device: LAPTOP, pick: 2 },
    { do: 'markUnread', device: LAPTOP, pick: 3 },
  );
  for (const device of order)
    await playAll(scene, { do: 'connect', device, node: 0 }, { do: 'sync', device });
  await heal(scene);
  expect(deviceAt(scene, PHONE).room().mark.get()).toEqual({ number: 5, except: [2, 3] });
  await end(scene);
});
