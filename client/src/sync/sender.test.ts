import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPageLanes, type PageLanes } from '../../../sync-server/test/pageLane.ts';
import { openDevice, type Device } from '../../test/sync/device.ts';

let lanes: PageLanes;
beforeAll(async () => {
  lanes = await openPageLanes();
});
afterAll(() => lanes.close());

async function moveAll(devices: readonly Device[]): Promise<void> {
  for (let quiet = 0; quiet < 3; quiet += 1) {
    await new Promise((done) => setImmediate(done));
    for (const one of devices) {
      while ((await one.pipe()?.moveUp()) === true) quiet = 0;
      while ((await one.pipe()?.moveDown()) === true) quiet = 0;
    }
  }
}

test('an edit follows what another device made of the message, without a refusal', async () => {
  const ann = await lanes.insertPerson('Ann');
  const page = await lanes.openPage([ann]);
  const [phone, laptop] = [await openDevice(page, ann), await openDevice(page, ann)];
  const both = [phone, laptop];
  for (const one of both) one.connect();
  phone.post('words');
  await moveAll(both);
  for (const [index, one] of [laptop, phone, laptop, phone].entries()) {
    const [message] = one.list();
    if (message === undefined) throw new Error('the message is not there');
    one.edit(message, `edit ${index}`);
    await moveAll(both);
  }
  expect(both.map((one) => one.list().map(({ content }) => content))).toEqual(
    both.map(() => [{ kind: 'text', text: 'edit 3', edited: true }]),
  );
  // A refusal would have cost each its Yjs client id.
  expect(both.map((one) => one.disk.clients.size)).toEqual([1, 1]);
  for (const one of both) await one.close();
  page.lane.close();
});
