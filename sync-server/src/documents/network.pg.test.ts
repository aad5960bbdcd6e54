import { afterAll, beforeAll, expect, test } from 'vitest';
import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import { ordered, post, startHarness, until, type Harness } from '../../test/harness.ts';
import { flap } from '../../test/flapping.ts';
import { startTcpProxy } from '../../test/tcpProxy.ts';

const FLAPPING_MESSAGES = 2_000;
const FLAPPING_ON_ONE_PAGE = 500;

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

test('T2 an update lost in a half-open socket and writing while reconnecting: nothing is refused or lost', async () => {
  const ann = await harness.person('Ann');
  const roomId = await harness.room([[ann, 'owner']]);
  const proxy = await startTcpProxy(harness.port);
  const device = harness.device(ann, proxy.port);
  const page = await device.attach(pageDocumentName(roomId, 0));
  const ids = [post(page.doc, ann, 'one')];
  await until('the first', () => ordered(page.doc).length === 1);
  proxy.set('half-open');
  ids.push(post(page.doc, ann, 'lost on the way'));
  proxy.set('refuse');
  ids.push(post(page.doc, ann, 'written offline'));
  proxy.set('pass');
  for (let i = 0; i < 20; i++) {
    ids.push(post(page.doc, ann, 'while reconnecting'));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until('all of them', () => ordered(page.doc).length === ids.length);
  expect(ordered(page.doc)).toEqual(ids);
  expect(page.said.filter(({ type }) => type === 'refused')).toEqual([]);
  expect(page.closed.filter((reason) => reason.includes('hostile'))).toEqual([]);
  device.close();
  await proxy.close();
});

test('B2 B3 on a flapping line a page’s messages are never refused and keep their order', async () => {
  const ann = await harness.person('Ann');
  const roomId = await harness.room([[ann, 'owner']]);
  const proxy = await startTcpProxy(harness.port);
  const device = harness.device(ann, proxy.port);
  const page = await device.attach(pageDocumentName(roomId, 0));
  const ids: string[] = [];
  for (let i = 0; i < FLAPPING_ON_ONE_PAGE; i++) {
    ids.push(post(page.doc, ann, `m${String(i)}`));
    if (i % 10 === 0) proxy.set(i % 20 === 0 ? 'refuse' : 'pass');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  proxy.cut();
  proxy.set('pass');
  await until('everything', () => ordered(page.doc).length === ids.length);
  expect(ordered(page.doc)).toEqual(ids);
  expect(page.said.filter(({ type }) => type === 'refused')).toEqual([]);
  device.close();
  await proxy.close();
}, 120_000);

test('B2 an honest program on a flapping line is refused nothing but a page that has closed', async () => {
  const { lost, doubled, refused } = await flap(harness, FLAPPING_MESSAGES);
  const others = Object.keys(refused).filter((code) => code !== 'page-closed');
  expect({ lost, doubled, others }).toEqual({ lost: 0, doubled: 0, others: [] });
}, 400_000);

test('T3 an offline backlog of 200 messages arrives whole and in order', async () => {
  const ann = await harness.person('Ann');
  const roomId = await harness.room([[ann, 'owner']]);
  const proxy = await startTcpProxy(harness.port);
  const device = harness.device(ann, proxy.port);
  const page = await device.attach(pageDocumentName(roomId, 0));
  proxy.set('refuse');
  const ids = Array.from({ length: 200 }, (_, i) => post(page.doc, ann, `offline ${String(i)}`));
  proxy.set('pass');
  await until('the backlog', () => ordered(page.doc).length === ids.length);
  expect(ordered(page.doc)).toEqual(ids);
  device.close();
  await proxy.close();
});
