import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  pageDocumentName,
  roomDocumentName,
  type DocumentName,
  userDocumentName,
} from '@skerry/protocol/documentName.ts';
import { readRoomMembers, readRoomMeta } from '@skerry/protocol/room/roomDoc.ts';
import { readRoomList } from '@skerry/protocol/user/userDoc.ts';
import {
  identifyBySession,
  ordered,
  post,
  startHarness,
  until,
  type Harness,
  type Person,
} from '../../test/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

describe('D1 who opens a document', () => {
  test('a member opens the room and its page, a person their own user document', async () => {
    const ann = await harness.person('Ann');
    const roomId = await harness.room([[ann, 'owner']], 'private');
    const device = harness.device(ann);
    for (const name of [
      roomDocumentName(roomId),
      pageDocumentName(roomId, 0),
      userDocumentName(ann.id),
    ])
      expect((await device.attach(name)).refused).toBeUndefined();
  });

  test('nobody else does, and each is told why', async () => {
    const [ann, cy] = [await harness.person('Ann'), await harness.person('Cy')];
    const open = await harness.room([[ann, 'owner']]);
    const hidden = await harness.room([[ann, 'owner']], 'private');
    const refusalOf = async (person: typeof ann | undefined, name: string) => {
      const device = harness.device(person);
      const { refused } = await device.attach(name);
      device.close();
      return refused;
    };
    const reasons = [
      [undefined, roomDocumentName(open), 'unauthenticated'],
      [undefined, pageDocumentName(open, 0), 'unauthenticated'],
      [undefined, userDocumentName(ann.id), 'unauthenticated'],
      [{ ...ann, session: 'skerry/0 x' }, roomDocumentName(open), 'client-too-old'],
      [cy, roomDocumentName(open), 'not-a-member'],
      [cy, pageDocumentName(open, 0), 'not-a-member'],
      [cy, roomDocumentName(hidden), 'room-not-found'],
      [cy, pageDocumentName(hidden, 0), 'room-not-found'],
      [cy, userDocumentName(ann.id), 'forbidden'],
      [ann, pageDocumentName(open, 1), 'not-found'],
      [ann, pageDocumentName(open, 11), 'not-found'],
      [ann, `page:${open}:01`, 'bad-request'],
      [ann, 'anything', 'bad-request'],
    ] as const;
    for (const [person, name, reason] of reasons)
      expect([name, await refusalOf(person, name)]).toEqual([name, reason]);
  });

  test('without a session, or without being a member, no kind of document opens', async () => {
    const [ann, cy] = [await harness.person('Ann'), await harness.person('Cy')];
    const [ended, suspended] = [await harness.person('Ed'), await harness.person('Su')];
    const roomId = await harness.room(
      [
        [ann, 'owner'],
        [ended, 'member'],
        [suspended, 'member'],
      ],
      'private',
    );
    const { kysely } = harness.db;
    await kysely.deleteFrom('sessions').where('id', '=', ended.session).execute();
    await kysely
      .updateTable('users')
      .set({ suspended_at: 1 })
      .where('id', '=', suspended.id)
      .execute();
    // A new kind of document has to be added here before it compiles.
    const names: Record<DocumentName['kind'], (of: Person) => string> = {
      room: () => roomDocumentName(roomId),
      page: () => pageDocumentName(roomId, 0),
      user: ({ id }) => userDocumentName(id),
    };
    for (const [kind, nameOf] of Object.entries(names)) {
      for (const [who, name] of [
        [undefined, nameOf(ann)],
        [ended, nameOf(ended)],
        [suspended, nameOf(suspended)],
        [cy, nameOf(ann)],
      ] as const) {
        const device = harness.device(who);
        const { refused, doc } = await device.attach(name);
        expect([kind, who?.name, refused !== undefined]).toEqual([kind, who?.name, true]);
        expect(doc.store.clients.size).toBe(0);
        device.close();
      }
    }
  });

  test('T25 a document has one address on a socket', async () => {
    const ann = await harness.person('Ann');
    const roomId = await harness.room([[ann, 'owner']]);
    const device = harness.device(ann);
    await device.attach(roomDocumentName(roomId));
    void device.attach(`${roomDocumentName(roomId)}\0x`).catch(() => undefined);
    await until('the socket to be closed', () => device.closes.includes(4400));
    device.close();
  });
});

describe('D2 the documents that the server writes', () => {
  test('say what the tables say, when loaded and after a refresh', async () => {
    const [ann, bo] = [await harness.person('Ann'), await harness.person('Bo')];
    const roomId = await harness.room([[ann, 'owner']]);
    const device = harness.device(ann);
    const room = await device.attach(roomDocumentName(roomId));
    const user = await device.attach(userDocumentName(ann.id));
    expect(readRoomMeta(room.doc)).toEqual({
      name: `room ${roomId}`,
      topic: '',
      kind: 'public',
      head: 0,
      locked: false,
      archived: false,
    });
    expect(readRoomList(user.doc).get(roomId)).toMatchObject({ role: 'owner', head: 0 });
    await harness.db.kysely
      .insertInto('memberships')
      .values({ room_id: roomId, user_id: bo.id, role: 'member', joined_at: 1 })
      .execute();
    await harness.db.kysely
      .updateTable('rooms')
      .set({ name: 'Harbour' })
      .where('id', '=', roomId)
      .execute();
    await harness.documents.refreshRoom(roomId);
    await harness.documents.refreshUser(ann.id);
    await until('Bo in the room', () => readRoomMembers(room.doc).has(bo.id));
    expect(readRoomMeta(room.doc)?.name).toBe('Harbour');
    await until('the name', () => readRoomList(user.doc).get(roomId)?.name === 'Harbour');
    const frames = room.updates.length;
    await harness.documents.refreshRoom(roomId);
    expect(room.updates.length).toBe(frames);
  });

  test('B10 take nothing from a member, who is closed out and audited', async () => {
    const [ann, bo] = [await harness.person('Ann'), await harness.person('Bo')];
    const roomId = await harness.room([
      [ann, 'owner'],
      [bo, 'member'],
    ]);
    const room = await harness.device(bo).attach(roomDocumentName(roomId));
    room.doc.getMap('members').set(bo.id, { name: 'Bo', handle: 'bo', avatar: '1', role: 'owner' });
    await until('the document to be closed', () => room.closed.length > 0);
    expect(JSON.parse(room.closed[0] ?? '')).toMatchObject({ code: 'hostile', rule: 'read-only' });
    const other = await harness.device(ann).attach(roomDocumentName(roomId));
    expect(readRoomMembers(other.doc).get(bo.id)?.role).toBe('member');
    const audited = () =>
      harness.db.kysely
        .selectFrom('audit')
        .select(['action', 'target', 'reason'])
        .where('actor_id', '=', bo.id)
        .execute();
    await until('the audit row', async () => (await audited()).length === 1);
    expect(await audited()).toEqual([
      { action: 'sync.hostile', target: roomDocumentName(roomId), reason: 'read-only' },
    ]);
  });
});

describe('D3 losing access', () => {
  test('B12 a removed member loses the room at once and keeps the socket', async () => {
    const [ann, bo] = [await harness.person('Ann'), await harness.person('Bo')];
    const roomId = await harness.room([
      [ann, 'owner'],
      [bo, 'member'],
    ]);
    const device = harness.device(bo);
    const page = await device.page(roomId);
    const own = await device.attach(userDocumentName(bo.id));
    await harness.db.kysely
      .deleteFrom('memberships')
      .where('room_id', '=', roomId)
      .where('user_id', '=', bo.id)
      .execute();
    await harness.documents.accessChanged({ roomId, userId: bo.id });
    await until('the page to be closed', () => page.closed.length > 0);
    expect(page.closed).toEqual(['not-a-member']);
    expect(own.closed).toEqual([]);
    const annPage = await harness.device(ann).page(roomId);
    post(page.doc, bo, 'still here?');
    post(annPage.doc, ann, 'no');
    await until('the message of Ann', () => ordered(annPage.doc).length === 1);
  });

  test('T22 a lock holds from the next verdict on, and a role opens it', async () => {
    const [ann, bo] = [await harness.person('Ann'), await harness.person('Bo')];
    const roomId = await harness.room([
      [ann, 'owner'],
      [bo, 'member'],
    ]);
    const page = await harness.device(bo).page(roomId);
    post(page.doc, bo, 'before');
    await until('the first', () => ordered(page.doc).length === 1);
    await harness.db.kysely
      .updateTable('rooms')
      .set({ locked: true })
      .where('id', '=', roomId)
      .execute();
    await harness.documents.accessChanged({ roomId });
    post(page.doc, bo, 'locked out');
    await until('a refusal', () => page.said.length > 0);
    expect(page.said[0]).toMatchObject({ type: 'refused', code: 'room-locked' });
    expect(page.closed).toEqual([]);
    await harness.db.kysely
      .updateTable('memberships')
      .set({ role: 'moderator' })
      .where('room_id', '=', roomId)
      .where('user_id', '=', bo.id)
      .execute();
    await harness.documents.accessChanged({ roomId, userId: bo.id });
    post((await harness.device(bo).page(roomId)).doc, bo, 'as a moderator');
    await until('the second', () => ordered(page.doc).length === 2);
  });

  test('a session that ends while its document is being opened keeps nothing open', async () => {
    let onRead = () => Promise.resolve();
    const own = await startHarness({
      identify: (db) => async (credentials) => {
        const identity = await identifyBySession(db)(credentials);
        await onRead();
        return identity;
      },
    });
    try {
      const ann = await own.person('Ann');
      const roomId = await own.room([[ann, 'owner']]);
      onRead = async () => {
        await own.db.kysely.deleteFrom('sessions').where('id', '=', ann.session).execute();
        own.documents.endSessions([ann.session]);
      };
      const device = own.device(ann);
      void device.attach(pageDocumentName(roomId, 0)).catch(() => undefined);
      await until('the socket to be closed', () => device.closes.includes(4401));
      device.close();
    } finally {
      await own.stop();
    }
  });

  test('an ended session and a suspended account lose the socket', async () => {
    const [ann, bo] = [await harness.person('Ann'), await harness.person('Bo')];
    const roomId = await harness.room([
      [ann, 'owner'],
      [bo, 'member'],
    ]);
    const [anns, bos] = [harness.device(ann), harness.device(bo)];
    await anns.page(roomId);
    await bos.page(roomId);
    harness.documents.endSessions([ann.session]);
    await until('Ann to be out', () => anns.closes.includes(4401));
    await harness.db.kysely
      .updateTable('users')
      .set({ suspended_at: Date.now() })
      .where('id', '=', bo.id)
      .execute();
    await harness.documents.accessChanged({ userId: bo.id });
    await until('Bo to be out', () => bos.closes.includes(4403));
    anns.close();
    bos.close();
  });
});
