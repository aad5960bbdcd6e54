import { afterAll, beforeAll, expect, test } from 'vitest';
import { peopleOf } from '@skerry/protocol/page/pageDoc.ts';
import { ordered, post, startHarness, until, type Harness } from '../../test/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

test('two people write at once and see one list, each message once, in one order', async () => {
  const [ann, bo] = [await harness.person('Ann'), await harness.person('Bo')];
  const roomId = await harness.room([
    [ann, 'owner'],
    [bo, 'member'],
  ]);
  const a = await harness.device(ann).page(roomId);
  const b = await harness.device(bo).page(roomId);
  expect([a.refused, b.refused]).toEqual([undefined, undefined]);
  const ids = new Set<string>();
  for (let i = 0; i < 20; i++) {
    ids.add(post(a.doc, ann, `a${String(i)}`));
    ids.add(post(b.doc, bo, `b${String(i)}`));
  }
  await until(
    '40 messages on both',
    () => ordered(a.doc).length === 40 && ordered(b.doc).length === 40,
  );
  expect(ordered(a.doc)).toEqual(ordered(b.doc));
  expect(new Set(ordered(a.doc))).toEqual(ids);
  expect(peopleOf(a.doc).get(bo.id)).toEqual(['Bo', '210']);
  const rows = await harness.db.kysely
    .selectFrom('messages')
    .select(['id', 'number'])
    .where('room_id', '=', roomId)
    .orderBy('number')
    .execute();
  expect(rows.map((row) => row.id)).toEqual(ordered(a.doc));
  expect(rows.map((row) => row.number)).toEqual(rows.map((_, index) => index + 1));
});
