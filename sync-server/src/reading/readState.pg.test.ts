import { pageDocumentName, userDocumentName } from '@skerry/protocol/documentName.ts';
import type { RoomId } from '@skerry/protocol/ids.ts';
import { MAX_MEMBERS_FOR_RECEIPTS } from '@skerry/protocol/limits.ts';
import { receiptsOf } from '@skerry/protocol/page/pageDoc.ts';
import type { UnreadState } from '@skerry/protocol/stateless.ts';
import type * as Y from 'yjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ordered,
  post,
  startHarness,
  until,
  type Attached,
  type Device,
  type Harness,
  type Person,
} from '../../test/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

interface Online {
  device: Device;
  own: Attached;
}

async function online(person: Person): Promise<Online> {
  const device = harness.device(person);
  return { device, own: await device.attach(userDocumentName(person.id)) };
}

/** What a device was last told of a room, by summary or since. */
function told({ own }: Online, room: RoomId): UnreadState | undefined {
  return own.said
    .flatMap((message) =>
      message.type === 'summary' || message.type === 'unread' ? message.rooms : [],
    )
    .findLast((state) => state.room === room);
}

/** Kinds of counts it was told, in order; news of messages and their words are another matter. */
function heard({ own }: Online): string[] {
  return own.said
    .map(({ type }) => type)
    .filter((type) => type !== 'activity' && type !== 'newest');
}

async function untilTold(device: Online, room: RoomId, state: Partial<UnreadState>): Promise<void> {
  await until(`to be told ${JSON.stringify(state)}`, () => {
    const last = told(device, room);
    return last !== undefined && JSON.stringify({ ...last, ...state }) === JSON.stringify(last);
  });
}

function markRead({ own }: Online, room: RoomId, value: unknown): void {
  own.doc.getMap('reads').set(room, value);
}

async function say(page: Attached, person: Person, count: number): Promise<void> {
  const before = ordered(page.doc).length;
  for (let i = 0; i < count; i++) post(page.doc, person, `${person.name} ${String(i)}`);
  await until('the messages', () => ordered(page.doc).length === before + count);
}

async function twoInARoom() {
  const [ann, bo] = [await harness.person('Ann'), await harness.person('Bo')];
  const room = await harness.room([
    [ann, 'owner'],
    [bo, 'member'],
  ]);
  return { ann, bo, room, page: await harness.device(bo).page(room) };
}

describe('T20 summary', () => {
  test('a device is told once, of all its rooms, when it opens the user document', async () => {
    const { ann, bo, room, page } = await twoInARoom();
    const empty = await harness.room([[ann, 'owner']]);
    await say(page, bo, 3);
    const device = await online(ann);
    await until('the summary', () => told(device, empty) !== undefined);
    const { value: epoch } = await harness.db.kysely
      .selectFrom('settings')
      .select('value')
      .where('name', '=', 'epoch')
      .executeTakeFirstOrThrow();
    const mark = { number: 0 };
    expect(device.own.said.filter(({ type }) => type !== 'newest')).toEqual([
      {
        type: 'summary',
        epoch,
        rooms: [
          { room, last: 3, unread: 3, mentions: 0, mark },
          { room: empty, last: 0, unread: 0, mentions: 0, mark },
        ],
      },
    ]);
  });

  test('a device that comes back is told again, and the next process tells the same', async () => {
    const { ann, bo, room, page } = await twoInARoom();
    const device = await online(ann);
    await until('the summary', () => heard(device).length === 1);
    await say(page, bo, 2);
    await harness.restart();
    await until('the next summary', () => heard(device).length === 2);
    expect(heard(device)).toEqual(['summary', 'summary']);
    expect(told(device, room)).toMatchObject({ last: 2, unread: 2 });
  });
});

describe('B15 unread', () => {
  test('reading on one device is told to all of them, and marking unread too', async () => {
    const { ann, bo, room, page } = await twoInARoom();
    await say(page, bo, 5);
    const [phone, laptop] = [await online(ann), await online(ann)];
    await untilTold(phone, room, { unread: 5 });
    markRead(phone, room, { number: 5 });
    await untilTold(laptop, room, { unread: 0, mark: { number: 5 } });
    await untilTold(phone, room, { unread: 0 });
    markRead(laptop, room, { number: 5, except: [2, 4] });
    await untilTold(phone, room, { unread: 2, mark: { number: 5, except: [2, 4] } });
    expect(told(laptop, room)?.last).toBe(5);
  });

  test('no badge stays without a message behind it: a deleted one counts no more', async () => {
    const { ann, bo, room, page } = await twoInARoom();
    await say(page, bo, 2);
    const [gone = ''] = ordered(page.doc);
    const value = page.doc.getMap('messages').get(gone) as { by: string; at: number };
    page.doc.getMap('messages').set(gone, { by: value.by, at: value.at, deleted: true });
    await until('the deletion', async () => {
      const { deleted } = await harness.db.kysely
        .selectFrom('messages')
        .select('deleted')
        .where('room_id', '=', room)
        .where('number', '=', 1)
        .executeTakeFirstOrThrow();
      return deleted;
    });
    await untilTold(await online(ann), room, { unread: 1, last: 2 });
  });

  test('whoever closes a room on screen is told how it stands, on that device alone', async () => {
    const { ann, bo, room, page } = await twoInARoom();
    const [phone, laptop] = [await online(ann), await online(ann)];
    const open = await phone.device.page(room);
    await say(page, bo, 2);
    await until(
      'both summaries',
      () => told(phone, room) !== undefined && told(laptop, room) !== undefined,
    );
    open.provider.destroy();
    await until('to be told', () => heard(phone).at(-1) === 'unread');
    expect(told(phone, room)).toMatchObject({ unread: 2, last: 2 });
    expect(heard(laptop)).toEqual(['summary']);
  });

  test('many marks at once are told together', async () => {
    const ann = await harness.person('Ann');
    const rooms: RoomId[] = [];
    for (let i = 0; i < 20; i++) rooms.push(await harness.room([[ann, 'owner']]));
    const device = await online(ann);
    await until('the summary', () => heard(device).length === 1);
    const other = await online(ann);
    for (const room of rooms) markRead(device, room, { number: 1 });
    for (const room of rooms) await untilTold(other, room, { mark: { number: 1 } });
    expect(heard(other).length).toBeLessThan(10);
  });
});

function receipts(doc: Y.Doc): Record<string, number> {
  return receiptsOf(doc).toJSON();
}

describe('T16 receipts', () => {
  test('the server shows how far others have read, under one client id of its own', async () => {
    const { ann, bo, room, page } = await twoInARoom();
    await say(page, bo, 3);
    const device = await online(ann);
    await device.device.page(room);
    const ids = page.doc.store.clients.size;
    for (const number of [1, 2, 3]) markRead(device, room, { number });
    await until('the receipt', () => receipts(page.doc)[ann.id] === 3);
    expect(receipts(page.doc)).toEqual({ [ann.id]: 3 });
    expect(page.doc.store.clients.size).toBe(ids);
    // A mark that goes back, or beyond what is there, moves no receipt.
    markRead(device, room, { number: 2 });
    const boOnline = await online(bo);
    markRead(boOnline, room, { number: 1_000_000 });
    await until('the other receipt', () => receipts(page.doc)[bo.id] !== undefined);
    expect(receipts(page.doc)).toEqual({ [ann.id]: 3, [bo.id]: 3 });
  });

  test('what was read while nobody had the page open is there when it is loaded', async () => {
    const { ann, bo, room, page } = await twoInARoom();
    await say(page, bo, 2);
    await harness.db.kysely
      .insertInto('read_marks')
      .values({ user_id: ann.id, room_id: room, number: 2, except_numbers: [] })
      .execute();
    await harness.restart();
    await until('the receipt', () => receipts(page.doc)[ann.id] === 2);
    const versionOf = async () => {
      const { version } = await harness.db.kysely
        .selectFrom('documents')
        .select('version')
        .where('name', '=', pageDocumentName(room, 0))
        .executeTakeFirstOrThrow();
      return version;
    };
    // Loaded once more there is nothing to write.
    const version = await versionOf();
    await harness.restart();
    const device = await online(bo);
    const again = await device.device.page(room);
    markRead(device, room, { number: 1 });
    await until('a receipt that is new', () => receipts(again.doc)[bo.id] === 1);
    expect(await versionOf()).toBe(version + 1);
  });

  test('whoever shares none disappears from what is written from then on', async () => {
    const { ann, bo, room, page } = await twoInARoom();
    await say(page, bo, 2);
    const [a, b] = [await online(ann), await online(bo)];
    markRead(a, room, { number: 1 });
    await until('the receipt', () => receipts(page.doc)[ann.id] === 1);
    a.own.doc.getMap('preferences').set('receipts', false);
    markRead(a, room, { number: 2 });
    markRead(b, room, { number: 2 });
    await until('the other receipt', () => receipts(page.doc)[bo.id] === 2);
    await until('it to be gone', () => receipts(page.doc)[ann.id] === undefined);
    a.own.doc.getMap('preferences').set('receipts', true);
    markRead(a, room, { number: 3 });
    await until('it to be back', () => receipts(page.doc)[ann.id] === 2);
  });

  test('rooms of more than 64 members have none, and those that do not want any', async () => {
    const quiet = await twoInARoom();
    await harness.db.kysely
      .updateTable('rooms')
      .set({ settings: JSON.stringify({ receipts: false }) })
      .where('id', '=', quiet.room)
      .execute();
    const { ann, bo, room, page } = await twoInARoom();
    const others = [];
    for (let i = 2; i < MAX_MEMBERS_FOR_RECEIPTS; i++) others.push(await harness.person('Cy'));
    const join = (person: Person) =>
      harness.db.kysely
        .insertInto('memberships')
        .values({ room_id: room, user_id: person.id, role: 'member', joined_at: 1 })
        .execute();
    for (const other of others) await join(other);
    await say(page, bo, 3);
    await say(quiet.page, quiet.bo, 3);
    const [a, q] = [await online(ann), await online(quiet.ann)];
    markRead(q, quiet.room, { number: 1 });
    markRead(a, room, { number: 1 });
    await until('a receipt among 64', () => receipts(page.doc)[ann.id] === 1);
    expect(receipts(quiet.page.doc)).toEqual({});
    await join(await harness.person('Di'));
    markRead(a, room, { number: 2 });
    await until('none among 65', () => receipts(page.doc)[ann.id] === undefined);
  });
});
