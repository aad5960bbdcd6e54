import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  pageDocumentName,
  roomDocumentName,
  userDocumentName,
} from '@skerry/protocol/documentName.ts';
import { encodeStateless } from '@skerry/protocol/stateless.ts';
import { peopleOf, readOrder } from '@skerry/protocol/page/pageDoc.ts';
import * as Y from 'yjs';
import {
  newMessageId,
  ordered,
  post,
  startHarness,
  until,
  type Harness,
} from '../../test/harness.ts';

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

test('B6 L6 a restart keeps every message and number, and the next one follows', async () => {
  const ann = await harness.person('Ann');
  const roomId = await harness.room([[ann, 'owner']]);
  const before = harness.device(ann);
  const page = await before.page(roomId);
  for (let i = 0; i < 10; i++) post(page.doc, ann, String(i));
  await until('ten', () => ordered(page.doc).length === 10);
  const seen = readOrder(page.doc);
  before.close();
  await harness.restart();
  const after = await harness.device(ann).page(roomId);
  expect(readOrder(after.doc)).toEqual(seen);
  post(after.doc, ann, 'next');
  await until('eleven', () => readOrder(after.doc).length === 11);
  expect(readOrder(after.doc)[10]?.[2]).toBe(11);
});

test('L10 the last to leave has the log compacted', async () => {
  const ann = await harness.person('Ann');
  const roomId = await harness.room([[ann, 'owner']]);
  const device = harness.device(ann);
  const page = await device.page(roomId);
  post(page.doc, ann, 'x');
  await until('one', () => ordered(page.doc).length === 1);
  device.close();
  const rows = () =>
    harness.db.kysely
      .selectFrom('updates')
      .select('version')
      .where('name', '=', pageDocumentName(roomId, 0))
      .execute();
  await until('an empty log', async () => (await rows()).length === 0);
  const again = await harness.device(ann).page(roomId);
  expect(ordered(again.doc)).toEqual(ordered(page.doc));
});

test('D10 a barrier and a ping come back, the barrier after all that was sent before it', async () => {
  const ann = await harness.person('Ann');
  const page = await harness.device(ann).page(await harness.room([[ann, 'owner']]));
  const ids = Array.from({ length: 5 }, (_, i) => post(page.doc, ann, String(i)));
  let orderedAtBarrier: string[] = [];
  page.provider.on('stateless', ({ payload }: { payload: string }) => {
    if (payload.includes('barrier')) orderedAtBarrier = ordered(page.doc);
  });
  page.provider.sendStateless(encodeStateless({ type: 'barrier', id: 7 }));
  page.provider.sendStateless(encodeStateless({ type: 'ping', id: 8 }));
  page.provider.sendStateless('not json');
  await until('both', () => page.said.length === 2);
  expect(page.said).toEqual([
    { type: 'barrier', id: 7 },
    { type: 'pong', id: 8 },
  ]);
  expect(orderedAtBarrier).toEqual(ids);
});

test('D7 T12 a state vector ahead in what others wrote means rebuild, one ahead in own words does not', async () => {
  const [ann, bo] = [await harness.person('Ann'), await harness.person('Bo')];
  const roomId = await harness.room([
    [ann, 'owner'],
    [bo, 'member'],
  ]);
  const bos = await harness.device(bo).page(roomId);
  post(bos.doc, bo, 'x');
  await until('one', () => ordered(bos.doc).length === 1);
  // A copy in which Bo's client id has come further than the server knows.
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(bos.doc));
  copy.clientID = bos.doc.clientID;
  copy.getMap('messages').set(newMessageId(), { by: bo.id, at: 1, text: 'y' });
  const anns = await harness
    .device(ann)
    .attach(pageDocumentName(roomId, 0), { doc: detached(copy) });
  await until('rebuild', () => anns.said.some(({ type }) => type === 'rebuild'));
  const own = new Y.Doc();
  own.getMap('messages').set(newMessageId(), { by: ann.id, at: 1, text: 'z' });
  const honest = await harness.device(ann).attach(pageDocumentName(roomId, 0), { doc: own });
  await until('two', () => ordered(honest.doc).length === 2);
  expect(honest.said).toEqual([]);
});

test('D1 D6 caps: 64 documents a person, and the oldest of more than 20 sockets goes', async () => {
  const ann = await harness.person('Ann');
  const rooms = await Promise.all(Array.from({ length: 65 }, () => harness.room([[ann, 'owner']])));
  const device = harness.device(ann);
  const opened = await Promise.all(rooms.map((id) => device.attach(roomDocumentName(id))));
  expect(
    opened.filter(({ refused }) => refused !== undefined).map(({ refused }) => refused),
  ).toEqual(['too-many-requests']);
  const first = rooms[0];
  if (first === undefined) throw new Error('no room');
  const more = Array.from({ length: 20 }, () => harness.device(ann));
  for (const each of more) await each.attach(userDocumentName(ann.id)).catch(() => undefined);
  await until('the oldest to go', () => device.closes.includes(4429));
  for (const each of [device, ...more]) each.close();
});

/** The same contents under another name: a copy that Yjs did not make itself. */
function detached(doc: Y.Doc): Y.Doc {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  return copy;
}
