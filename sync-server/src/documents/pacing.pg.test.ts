import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
