import { afterAll, beforeAll, expect, test } from 'vitest';
import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import { ordered, post, startHarness, until, type Harness } from '../../test/harness.ts';
import { startTcpProxy } from '../../test/tcpProxy.ts';

const FLAPPING_MESSAGES = 2_000;

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

test('B2 B3 an honest client on a flapping line is refused 0 times and keeps its order', async () => {
  const ann = await harness.person('Ann');
  const bo = await harness.person('Bo');
  const roomId = await harness.room([
    [ann, 'owner'],
    [bo, 'member'],
  ]);
  const proxy = await startTcpProxy(harness.port);
  const device = harness.device(ann, proxy.port);
  const page = await device.attach(pageDocumentName(roomId, 0));
  const reader = await harness.device(bo).page(roomId);
  const ids: string[] = [];
  const modes = ['refuse', 'pass', 'drop-answers', 'refuse', 'pass', 'half-open'] as const;
  for (let i = 0; i < FLAPPING_MESSAGES; i++) {
    ids.push(post(page.doc, ann, `m${String(i)}`));
    if (i % 10 === 0) proxy.set(modes[(i / 10) % modes.length] ?? 'pass');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  // What was lost without a sign is only noticed when the line is cut.
  proxy.cut();
  proxy.set('pass');
  await until('everything at the reader', () => ordered(reader.doc).length === ids.length, 300_000);
  expect(ordered(reader.doc)).toEqual(ids);
  expect(page.said.filter(({ type }) => type === 'refused')).toEqual([]);
  expect(harness.documents.stats.refused).toEqual({});
  device.close();
  await proxy.close();
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
