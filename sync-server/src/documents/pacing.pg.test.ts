import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import * as Y from 'yjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { write } from '../../test/gateRig.ts';
import { ordered, post, startHarness, until, type Harness } from '../../test/harness.ts';

let now = Date.now();
let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ pacing: { burst: 5, perSecond: 50 }, clock: () => now });
});
afterAll(() => harness.stop());

test('D6 T3 an honest backlog is slowed, never refused, and arrives in order', async () => {
  const ann = await harness.person('Ann');
  const roomId = await harness.room([[ann, 'owner']]);
  const page = await harness.device(ann).attach(pageDocumentName(roomId, 0));
  const ids = Array.from({ length: 30 }, (_, i) => post(page.doc, ann, String(i)));
  await until('the burst', () => page.said.some(({ type }) => type === 'later'));
  expect(ordered(page.doc)).toEqual(ids.slice(0, 5));
  await until('all of it', () => {
    now += 100;
    return ordered(page.doc).length === ids.length;
  });
  expect(ordered(page.doc)).toEqual(ids);
  expect(new Set(page.said.map(({ type }) => type))).toEqual(new Set(['later']));
  expect(harness.documents.stats.refused).toEqual({});
});

test('D6 client ids cost like messages: a page is not filled with them for one token', async () => {
  const [ann, eve] = [await harness.person('Ann'), await harness.person('Eve')];
  const roomId = await harness.room([
    [ann, 'owner'],
    [eve, 'member'],
  ]);
  const page = await harness.device(ann).page(roomId);
  const id = post(page.doc, ann, 'react to me');
  await until('the message', () => ordered(page.doc).includes(id));
  const hers = await harness.device(eve).page(roomId);
  const react = (client: number, emoji: string) => {
    const fork = new Y.Doc();
    Y.applyUpdate(fork, Y.encodeStateAsUpdate(hers.doc));
    fork.clientID = client;
    return write(fork, (doc) => doc.getMap('reactions').set(`${id}/${eve.id}/${emoji}`, 1));
  };
  const many = Array.from({ length: 20 }, (_, i) => react(100_000 + i, String(i)));
  hers.provider.documentUpdateHandler(Y.mergeUpdates(many), {});
  await until('the reactions', () => page.doc.getMap('reactions').size === 20);
  hers.provider.documentUpdateHandler(react(100_000, 'x'), {});
  await until('the pause', () => hers.said.some(({ type }) => type === 'later'));
  // Fifteen below zero, at fifty a second.
  expect(hers.said.find((message) => message.type === 'later')).toEqual({
    type: 'later',
    delayMs: 320,
  });
});

test('D18 what an update repeats is paced as well when something in it is new', async () => {
  const [ann, eve] = [await harness.person('Ann'), await harness.person('Eve')];
  const roomId = await harness.room([
    [ann, 'owner'],
    [eve, 'member'],
  ]);
  const page = await harness.device(ann).page(roomId);
  for (const count of [5, 10]) {
    while (page.doc.getMap('messages').size < count) post(page.doc, ann, 'x'.repeat(16_000));
    await until('the messages', () => ordered(page.doc).length === count);
    now += 1_000;
  }
  const hers = await harness.device(eve).page(roomId);
  await until('them at Eve', () => ordered(hers.doc).length === 10);
  const fork = new Y.Doc();
  Y.applyUpdate(fork, Y.encodeStateAsUpdate(hers.doc));
  const id = post(fork, eve, 'and one more');
  hers.provider.documentUpdateHandler(Y.encodeStateAsUpdate(fork), {});
  await until('the message', () => ordered(page.doc).includes(id));
  post(hers.doc, eve, 'too soon');
  await until('the pause', () => hers.said.some(({ type }) => type === 'later'));
  // 160 KB are nine messages: four below zero, at fifty a second.
  expect(hers.said.find(({ type }) => type === 'later')).toEqual({ type: 'later', delayMs: 100 });
});
