import {
  MembersAnswer,
  RoomAnswer,
  RoomsAnswer,
  type RoomView,
} from '@skerry/protocol/api/rooms.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type Person, type TestServer } from '../../test/testServer.ts';

let server: TestServer;
let ann: Person, bo: Person, cy: Person;
beforeAll(async () => {
  server = await startTestServer();
  [ann, bo, cy] = [
    await server.person('ann'),
    await server.person('bo'),
    await server.person('cy'),
  ];
});
afterAll(() => server.close());

async function create(owner: Person, body: object): Promise<RoomView> {
  const answer = await server.call('POST', '/api/rooms', { token: owner.token, body });
  return RoomAnswer.parse(answer.json).room;
}
const join = (who: Person, { id }: RoomView) =>
  server.call('POST', `/api/rooms/${id}/join`, { token: who.token });
const leave = (who: Person, { id }: RoomView) =>
  server.call('DELETE', `/api/rooms/${id}/membership`, { token: who.token });
const list = async (who: Person) =>
  RoomsAnswer.parse((await server.call('GET', '/api/rooms', { token: who.token })).json).items;
const roles = async (room: RoomView) => {
  const rows = await server.db.kysely
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select(['users.handle', 'memberships.role'])
    .where('room_id', '=', room.id)
    .execute();
  return Object.fromEntries(rows.map(({ handle, role }) => [handle, role]));
};

test('a room comes with its documents, and whoever creates it owns it', async () => {
  const room = await create(ann, { name: ' Boats ', topic: 'Sails', kind: 'public' });
  expect(room).toEqual({
    id: room.id,
    name: 'Boats',
    topic: 'Sails',
    kind: 'public',
    joined: true,
    role: 'owner',
    members: 1,
    head: 0,
  });
  const documents = await server.db.kysely
    .selectFrom('documents')
    .select(['name', 'page'])
    .where('room_id', '=', room.id)
    .orderBy('name')
    .execute();
  expect(documents).toEqual([
    { name: `page:${room.id}:0`, page: 0 },
    { name: `room:${room.id}`, page: null },
  ]);
});

test('joining twice is joining, leaving twice is leaving', async () => {
  const room = await create(ann, { name: 'Doors', kind: 'public' });
  for (let n = 0; n < 2; n++) {
    const joined = await join(bo, room);
    expect(joined.status).toBe(200);
    expect(RoomAnswer.parse(joined.json).room).toMatchObject({ role: 'member', members: 2 });
  }
  for (let n = 0; n < 2; n++) expect((await leave(bo, room)).status).toBe(204);
  expect(await roles(room)).toEqual({ ann: 'owner' });
});

test('a private room does not exist for those outside', async () => {
  const room = await create(ann, { name: 'Surprise', kind: 'private' });
  expect((await list(bo)).map(({ id }) => id)).not.toContain(room.id);
  expect((await list(ann)).map(({ id }) => id)).toContain(room.id);
  const unknown = { ...room, id: '018f0000-0000-7000-8000-000000000000' as RoomView['id'] };
  for (const act of [join, leave]) {
    expect((await act(bo, room)).json).toEqual((await act(bo, unknown)).json);
  }
});

test('private rooms may share a name, public ones may not in any spelling, also at once', async () => {
  await create(ann, { name: 'Plans', kind: 'private' });
  await create(bo, { name: 'Plans', kind: 'private' });
  const answers = await Promise.all(
    ['Open', 'oPEN', 'OPEN'].map((name) =>
      server.call('POST', '/api/rooms', { token: ann.token, body: { name, kind: 'public' } }),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
});

test('the last owner leaves the room to the longest-standing moderator, else member', async () => {
  const room = await create(ann, { name: 'Heirs', kind: 'public' });
  await join(bo, room);
  await join(cy, room);
  await server.db.kysely
    .updateTable('memberships')
    .set({ role: 'moderator' })
    .where('room_id', '=', room.id)
    .where('user_id', '=', cy.id as never)
    .execute();
  await leave(ann, room);
  expect(await roles(room)).toEqual({ bo: 'member', cy: 'owner' });
  await leave(cy, room);
  expect(await roles(room)).toEqual({ bo: 'owner' });
  expect((await leave(bo, room)).status).toBe(204);
  expect(await roles(room)).toEqual({});
});

test('owners who leave at the same moment leave exactly one owner behind', async () => {
  const room = await create(ann, { name: 'Rush', kind: 'public' });
  await join(bo, room);
  await join(cy, room);
  await Promise.all([leave(ann, room), leave(bo, room)]);
  expect(await roles(room)).toEqual({ cy: 'owner' });
});

test('an archived room takes no new members, and only members still see it', async () => {
  const room = await create(ann, { name: 'Attic', kind: 'public' });
  await server.db.kysely
    .updateTable('rooms')
    .set({ archived_at: Date.now() })
    .where('id', '=', room.id)
    .execute();
  expect((await join(bo, room)).json).toMatchObject({ code: 'room-archived' });
  expect((await list(bo)).map(({ id }) => id)).not.toContain(room.id);
  expect((await list(ann)).map(({ id }) => id)).toContain(room.id);
});

test('members are listed page by page, each once, in order of joining', async () => {
  const room = await create(ann, { name: 'Crowd', kind: 'public' });
  // All at one moment: the id decides.
  server.ahead.ms += 1_000;
  for (const who of [bo, cy]) await join(who, room);
  await server.db.kysely
    .updateTable('memberships')
    .set({ joined_at: Date.now() })
    .where('room_id', '=', room.id)
    .execute();
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const query = after === undefined ? '?limit=1' : `?limit=1&after=${after}`;
    const answer = await server.call('GET', `/api/rooms/${room.id}/members${query}`, {
      token: ann.token,
    });
    const page = MembersAnswer.parse(answer.json);
    seen.push(...page.items.map(({ handle }) => handle));
    after = page.next;
  } while (after !== undefined);
  expect(seen).toEqual(['ann', 'bo', 'cy']);
  const asked = await server.call('GET', `/api/rooms/${room.id}/members?after=x`, {
    token: ann.token,
  });
  expect(asked.status).toBe(400);
});
