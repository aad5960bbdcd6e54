import { pageDocumentName, userDocumentName } from '@skerry/protocol/documentName.ts';
import type { RoomId } from '@skerry/protocol/ids.ts';
import { MAX_PREVIEW_CHARACTERS } from '@skerry/protocol/limits.ts';
import {
  parseServerMessage,
  type RoomActivity,
  type RoomNewest,
} from '@skerry/protocol/stateless.ts';
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
import { openRawSocket, type RawSocket } from '../../test/rawSocket.ts';
import type { NodeMessage } from '../platform/bus/nodeMessage.ts';

const LIMITS = { peoplePerTurn: 10, onlineForPreview: 20 };

const news: NodeMessage[] = [];
let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({
    activity: LIMITS,
    openBus: () => Promise.resolve(listeningBus(news)),
  });
});
afterAll(() => harness.stop());

async function room(...names: string[]) {
  const people: Person[] = [];
  for (const name of names) people.push(await harness.person(name));
  const roomId = await harness.room(people.map((person) => [person, 'member']));
  const [ann] = people;
  if (ann === undefined) throw new Error('nobody');
  const page = await harness.device(ann).attach(pageDocumentName(roomId, 0));
  const listen = (person: Person) => harness.device(person).attach(userDocumentName(person.id));
  return { people, ann, roomId, page, listen };
}

/** What a user document's connection was told of a room. */
function told(own: Attached, roomId: RoomId): RoomActivity[] {
  return own.said
    .flatMap((message) => (message.type === 'activity' ? message.rooms : []))
    .filter(({ room }) => room === roomId);
}

const sum = (notices: RoomActivity[], of: 'added' | 'mentions') =>
  notices.reduce((total, notice) => total + notice[of], 0);

test('T19 who has not the page open is told, device by device, who has it open is not', async () => {
  const { people, ann, roomId, page, listen } = await room('Ann', 'Bo');
  const bo = people[1] ?? ann;
  const away = await listen(bo);
  const looking = harness.device(bo);
  const own = await looking.attach(userDocumentName(bo.id));
  await looking.attach(pageDocumentName(roomId, 0));
  const id = post(page.doc, ann, 'hello');
  await until('the notice', () => told(away, roomId).length > 0);
  expect(told(away, roomId)).toEqual([
    {
      ...{ room: roomId, page: 0, last: 1, added: 1, mentions: 0 },
      preview: { id, by: ann.id, name: 'Ann', text: 'hello' },
    },
  ]);
  const away2 = await listen(bo);
  post(page.doc, ann, 'again');
  await until('the second notice', () => told(away2, roomId).length > 0);
  expect(told(own, roomId)).toEqual([]);
});

test('T19 many messages make few notices, and their numbers add up', async () => {
  const { people, ann, roomId, page, listen } = await room('Ann', 'Bo');
  const bo = people[1] ?? ann;
  const [bos, anns] = [await listen(bo), await listen(ann)];
  const messages = page.doc.getMap('messages');
  const thread = post(page.doc, ann, 'x'.repeat(500));
  for (let i = 0; i < 30; i++) {
    const at = { by: ann.id, at: 1, text: String(i) };
    const mentions = i % 10 === 0 ? { mentions: [bo.id] } : {};
    messages.set(newMessageId(), { ...at, ...mentions, ...(i % 3 === 0 ? { thread } : {}) });
  }
  await until('the last', () => told(bos, roomId).at(-1)?.last === 31);
  const notices = told(bos, roomId);
  expect(notices.length).toBeLessThan(10);
  expect([sum(notices, 'added'), sum(notices, 'mentions')]).toEqual([21, 3]);
  expect(notices.at(-1)?.preview?.text).toBe('29');
  expect(notices[0]?.preview?.text.length).toBeLessThanOrEqual(MAX_PREVIEW_CHARACTERS);
  // Own words are no news, but another device of mine may want to fetch them.
  await until('the last at Ann', () => told(anns, roomId).at(-1)?.last === 31);
  expect(sum(told(anns, roomId), 'added')).toBe(0);
});

test('T36 B12 who was removed or suspended is told nothing from then on, whatever still says otherwise', async () => {
  const { people, ann, roomId, page, listen } = await room('Ann', 'Bo', 'Cy', 'Di');
  const [, bo = ann, cy = ann, di = ann] = people;
  const [bos, cys, dis] = [await listen(bo), await listen(cy), await listen(di)];
  const { kysely } = harness.db;
  await kysely.deleteFrom('memberships').where('user_id', '=', bo.id).execute();
  await kysely.updateTable('users').set({ suspended_at: 1 }).where('id', '=', cy.id).execute();
  post(page.doc, ann, 'secret');
  await until('the notice', () => told(dis, roomId).length > 0);
  expect([told(bos, roomId), told(cys, roomId)]).toEqual([[], []]);
});

test('a person who joins is told from then on', async () => {
  const { ann, roomId, page } = await room('Ann');
  const bo = await harness.person('Bo');
  const bos = await harness.device(bo).attach(userDocumentName(bo.id));
  await harness.db.kysely
    .insertInto('memberships')
    .values({ room_id: roomId, user_id: bo.id, role: 'member', joined_at: 1 })
    .execute();
  await harness.documents.refreshUser(bo.id);
  post(page.doc, ann, 'welcome');
  await until('the notice', () => told(bos, roomId).length > 0);
});

test('B9 what was deleted before the notice goes out is not in it, wherever the news came from', async () => {
  const { people, ann, roomId, page, listen } = await room('Ann', 'Bo');
  post(page.doc, ann, 'kept');
  const id = post(page.doc, ann, 'regretted');
  await until('both', () => ordered(page.doc).length === 2);
  const messages = page.doc.getMap<{ at: number }>('messages');
  messages.set(id, { ...{ by: ann.id, deleted: true }, at: messages.get(id)?.at ?? 0 });
  await until('the tombstone', async () => {
    const rows = await harness.db.kysely
      .selectFrom('messages')
      .select('deleted')
      .where('room_id', '=', roomId)
      .where('id', '=', id)
      .execute();
    return rows[0]?.deleted === true;
  });
  const bos = await listen(people[1] ?? ann);
  // As another process says it.
  harness.documents.noticed({ roomId, page: 0, first: 1, last: 2 });
  await until('the notice', () => told(bos, roomId).length > 0);
  expect(told(bos, roomId)[0]).toMatchObject({ last: 2, added: 1, preview: { text: 'kept' } });
});

/** What a user document's connection was told of a room's newest words. */
function newest(own: Attached, roomId: RoomId): RoomNewest[] {
  return own.said
    .flatMap((message) => (message.type === 'newest' ? message.rooms : []))
    .filter(({ room }) => room === roomId);
}

function remove(page: Attached, id: string): void {
  const messages = page.doc.getMap<{ by: string; at: number }>('messages');
  const { by, at } = messages.get(id) ?? { by: '', at: 0 };
  messages.set(id, { by, at, deleted: true } as { by: string; at: number });
}

test('B9 who has no page of the room open hears what its newest words are after a deletion', async () => {
  const { people, ann, roomId, page, listen } = await room('Ann', 'Bo', 'Cy');
  const [, bo = ann, cy = ann] = people;
  const first = post(page.doc, ann, 'kept');
  const second = post(page.doc, ann, 'regretted');
  await until('both', () => ordered(page.doc).length === 2);
  const [bos, cys] = [await listen(bo), await listen(cy)];
  const looking = harness.device(bo);
  const own = await looking.attach(userDocumentName(bo.id));
  await looking.attach(pageDocumentName(roomId, 0));
  const preview = { id: first, by: ann.id, name: 'Ann', text: 'kept' };
  // With the summary: nobody says it again to a device that was away.
  const before = { ...preview, id: second, text: 'regretted' };
  for (const each of [bos, cys, own])
    await until('the summary', () => newest(each, roomId).length === 1);
  expect(newest(bos, roomId)).toEqual([{ room: roomId, last: 2, preview: before }]);

  const { kysely } = harness.db;
  await kysely.deleteFrom('memberships').where('user_id', '=', cy.id).execute();
  remove(page, second);
  await until('to be told', () => newest(bos, roomId).length === 2);
  expect(newest(bos, roomId).at(-1)).toEqual({ room: roomId, last: 2, preview });
  remove(page, first);
  await until('the second', () => newest(bos, roomId).length === 3);
  expect(newest(bos, roomId).at(-1)).toEqual({ room: roomId, last: 2 });
  // Cy is no member any more, and the other device sees the page itself.
  expect([newest(cys, roomId).length, newest(own, roomId).length]).toEqual([1, 1]);
});

test('B9 only the process that has stored a deletion tells the others of it', async () => {
  const { people, ann, roomId, page } = await room('Ann', 'Bo');
  const [, bo = ann] = people;
  const id = post(page.doc, ann, 'regretted');
  await until('the message', () => ordered(page.doc).length === 1);
  const second = await harness.secondNode();
  const there = await harness.device(ann, second.port).attach(pageDocumentName(roomId, 0));
  const bos = await harness.device(bo, second.port).attach(userDocumentName(bo.id));
  await until('the summary', () => newest(bos, roomId).length === 1);
  remove(page, id);
  const messages = there.doc.getMap<{ deleted?: boolean }>('messages');
  await until('the tombstone there', () => messages.get(id)?.deleted === true);
  await until('to be told there', () => newest(bos, roomId).length === 2);
  const told = () =>
    news.filter((each) => each.type === 'removed' && each.roomIds.includes(roomId));
  await until('the news', () => told().length > 0);
  expect(told()).toHaveLength(1);
});

test('T19 news that is heard twice is told once, and own messages are published', async () => {
  const { people, ann, roomId, page, listen } = await room('Ann', 'Bo');
  const bos = await listen(people[1] ?? ann);
  post(page.doc, ann, 'one');
  await until('the notice', () => told(bos, roomId).length > 0);
  const own = { roomId, page: 0, first: 1, last: 1 };
  const posted = () => news.flatMap((each) => (each.type === 'activity' ? each.rooms : []));
  await until('the news', () => posted().some((each) => each.roomId === roomId));
  expect(posted().filter((each) => each.roomId === roomId)).toEqual([own]);
  harness.documents.noticed(own);
  // A notice of another room: the same round would have told it.
  const other = await room('Cy', 'Di');
  const [cy = ann, di = ann] = other.people;
  const dis = await other.listen(di);
  post(other.page.doc, cy, 'elsewhere');
  await until('the other notice', () => told(dis, other.roomId).length > 0);
  expect(told(bos, roomId)).toHaveLength(1);
  post(page.doc, ann, 'two');
  await until('the second', () => told(bos, roomId).at(-1)?.last === 2);
  expect(sum(told(bos, roomId), 'added')).toBe(2);
});

test('T19 with many online a notice carries numbers alone, goes out in slices, and everybody gets it', async () => {
  const { ann, roomId, page } = await room('Ann');
  const crowd = await Promise.all(Array.from({ length: 25 }, () => harness.person('Crowd')));
  await harness.db.kysely
    .insertInto('memberships')
    .values(
      crowd.map(({ id }) => ({
        room_id: roomId,
        user_id: id,
        role: 'member' as const,
        joined_at: 1,
      })),
    )
    .execute();
  const sockets: RawSocket[] = [];
  const enter = async (person: Person) => {
    const raw = await openRawSocket(harness.port, person);
    await raw.open(userDocumentName(person.id));
    sockets.push(raw);
  };
  await Promise.all(crowd.map(enter));
  post(page.doc, ann, 'to everybody');
  const noticeOf = (frames: Buffer[]) =>
    frames
      .map((frame) => String(frame))
      .filter((text) => text.includes('"activity"'))
      .map((text) => parseServerMessage(text.slice(text.indexOf('{'))));
  await until('all notices', () => sockets.every(({ frames }) => noticeOf(frames).length > 0));
  expect(noticeOf(sockets[0]?.frames ?? [])).toEqual([
    {
      type: 'activity',
      rooms: [{ room: roomId, page: 0, last: 1, added: 1, mentions: 0 }],
    },
  ]);
  for (const { socket } of sockets) socket.close();
});
