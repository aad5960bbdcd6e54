import {
  pageDocumentName,
  roomDocumentName,
  userDocumentName,
} from '@skerry/protocol/documentName.ts';
import type { RoomId } from '@skerry/protocol/ids.ts';
import { readOrder } from '@skerry/protocol/page/pageDoc.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  newMessageId,
  ordered,
  post,
  startHarness,
  until,
  type Attached,
  type Harness,
  type Person,
} from '../../test/harness.ts';
import { listeningBus } from '../../test/listeningBus.ts';
import type { NodeMessage } from '../platform/bus/nodeMessage.ts';
import { createRoomStore } from '../rooms/roomStore.ts';
import { closePage } from './rotation.ts';

let harness: Harness;
const told: NodeMessage[] = [];
beforeAll(async () => {
  harness = await startHarness({ openBus: () => Promise.resolve(listeningBus(told)) });
});
afterAll(() => harness.stop());

/** All in one update. */
function postMany(page: Attached, by: Person, count: number): void {
  page.doc.transact(() => {
    for (let i = 0; i < count; i++) post(page.doc, by, 'x');
  });
}

/** How often other processes were told of a new head. */
function tellings(roomId: RoomId): number {
  return told.filter((news) => news.type === 'head' && news.roomId === roomId).length;
}

function headIn({ doc }: Attached, roomId: RoomId): unknown {
  if (doc.share.has('meta')) return doc.getMap('meta').get('head');
  return doc.getMap<{ head: number }>('rooms').get(roomId)?.head;
}

test('T5 P7 a rotation with 20 writers closes nobody’s document, and everybody learns the new head', async () => {
  const people = await Promise.all(
    Array.from({ length: 20 }, (_, index) => harness.person(`Writer${String(index)}`)),
  );
  const [ann] = people as [Person];
  const roomId = await harness.room(people.map((person) => [person, 'member']));
  const devices = people.map((person) => ({ person, device: harness.device(person) }));
  const writers = await Promise.all(
    devices.map(async ({ person, device }) => ({
      ...{ person, device },
      room: await device.attach(roomDocumentName(roomId)),
      page: await device.page(roomId),
      own: await device.attach(userDocumentName(person.id)),
    })),
  );
  const [first] = writers as [(typeof writers)[number]];
  postMany(first.page, ann, 500);
  await until('500 messages', () => ordered(first.page.doc).length === 500);

  const said = writers.map(({ page, person }) => ({ id: post(page.doc, person, 'hello') }));
  const refusals = () => writers.filter(({ page }) => page.said.length > 0);
  await until('8 refusals', () => refusals().length === 8);
  for (const { page } of refusals())
    expect(page.said).toMatchObject([{ type: 'refused', code: 'page-closed' }]);
  await until('the new head everywhere', () =>
    writers.every(({ own, room }) => headIn(own, roomId) === 1 && headIn(room, roomId) === 1),
  );
  expect(tellings(roomId)).toBe(1);
  const listed = await createRoomStore(harness.db).list(ann.id);
  expect(listed.find(({ id }) => id === roomId)).toMatchObject({ head: 1 });

  await Promise.all(
    writers.map(async ({ page, person, device }, index) => {
      const id = said[index]?.id ?? newMessageId();
      if (ordered(page.doc).includes(id)) return;
      const next = await device.page(roomId);
      post(next.doc, person, 'hello', id);
      await until('the same message on the next page', () => ordered(next.doc).includes(id));
    }),
  );
  expect(writers.map(({ page }) => page.closed)).toEqual(people.map(() => []));
  const second = await harness.device(ann).page(roomId);
  const numbers = [first.page, second].flatMap(({ doc }) => readOrder(doc)).map(([, , n]) => n);
  expect(numbers).toEqual(Array.from({ length: 520 }, (_, index) => index + 1));
  for (const { device } of writers) device.close();
});

test('P7 a page is compacted when it closes, while people still read it', async () => {
  const ann = await harness.person('Ann');
  const roomId = await harness.room([[ann, 'owner']]);
  const page = await harness.device(ann).page(roomId);
  postMany(page, ann, 256);
  await until('256 messages', () => ordered(page.doc).length === 256);
  postMany(page, ann, 256);
  const log = () =>
    harness.db.kysely
      .selectFrom('documents')
      .leftJoin('updates', 'updates.name', 'documents.name')
      .select(['documents.closed', 'updates.version'])
      .where('documents.name', '=', pageDocumentName(roomId, 0))
      .execute();
  await until('a closed page without a log', async () => {
    const rows = await log();
    return rows.every(({ closed, version }) => closed && version === null);
  });
  expect(page.closed).toEqual([]);
});

test('P7 what another process has rotated is followed when that is told, or when its page takes a turn', async () => {
  const ann = await harness.person('Ann');
  const roomId = await harness.room([[ann, 'owner']]);
  const device = harness.device(ann);
  const room = await device.attach(roomDocumentName(roomId));
  const page = await device.page(roomId);
  const own = await device.attach(userDocumentName(ann.id));
  const rotate = async (number: number, nextNumber: number) => {
    const { version } = await harness.db.kysely
      .selectFrom('documents')
      .select('version')
      .where('name', '=', pageDocumentName(roomId, number))
      .executeTakeFirstOrThrow();
    expect(await closePage(harness.db, { roomId, page: number, version, nextNumber })).toBe(true);
  };
  post(page.doc, ann, 'one');
  await until('one message', () => ordered(page.doc).length === 1);
  await rotate(0, 2);
  post(page.doc, ann, 'too late');
  await until('a refusal', () => page.said.length > 0);
  await until('the second page', () => headIn(room, roomId) === 1 && headIn(own, roomId) === 1);
  expect(tellings(roomId)).toBe(0);

  await device.page(roomId);
  await rotate(1, 2);
  await harness.documents.refreshHead(roomId);
  await until('the third page', () => headIn(room, roomId) === 2 && headIn(own, roomId) === 2);
  device.close();
});
