import { randomUUID } from 'node:crypto';
import { SignInAnswer, UserAnswer } from '@skerry/protocol/api/accounts.ts';
import { RoomAnswer } from '@skerry/protocol/api/rooms.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type Person, type TestServer } from '../../test/testServer.ts';

let server: TestServer;
let ann: Person;
beforeAll(async () => {
  server = await startTestServer();
  ann = await server.person();
});
afterAll(() => server.close());

const create = (key: string, body: object, token = ann.token) =>
  server.call('POST', '/api/rooms', { token, body, headers: { 'idempotency-key': key } });
const roomsNamed = (name: string) =>
  server.db.kysely.selectFrom('rooms').select('id').where('name', '=', name).execute();

test('the same key and body answer the same without doing it again, also after a restart', async () => {
  const key = randomUUID();
  const body = { name: 'Once', kind: 'private' };
  const first = await create(key, body);
  await server.restart();
  const second = await create(key, body);
  expect(second.status).toBe(201);
  expect(second.json).toEqual(first.json);
  expect(second.headers.get('idempotency-replayed')).toBe('true');
  expect(await roomsNamed('Once')).toHaveLength(1);
});

test('the same key with another body or route is refused', async () => {
  const key = randomUUID();
  const first = await create(key, { name: 'Mine', kind: 'private' });
  const { id } = RoomAnswer.parse(first.json).room;
  expect((await create(key, { name: 'Other', kind: 'private' })).json).toMatchObject({
    status: 409,
    code: 'key-reused',
  });
  const elsewhere = await server.call('POST', `/api/rooms/${id}/join`, {
    token: ann.token,
    headers: { 'idempotency-key': key },
  });
  expect(elsewhere.json).toMatchObject({ code: 'key-reused' });
});

test("a key is its owner's: another person's same key is another request", async () => {
  const bo = await server.person();
  const key = randomUUID();
  const body = { name: 'Twice', kind: 'private' };
  const [first, second] = [await create(key, body), await create(key, body, bo.token)];
  expect(RoomAnswer.parse(first.json).room.id).not.toBe(RoomAnswer.parse(second.json).room.id);
});

test('of twenty at once one does it, the others get its answer or are asked to come back', async () => {
  const key = randomUUID();
  const body = { name: 'Crowd', kind: 'private' };
  const answers = await Promise.all(Array.from({ length: 20 }, () => create(key, body)));
  const done = answers.filter(({ status }) => status === 201);
  const waiting = answers.filter(({ status }) => status === 409);
  expect(done.length + waiting.length).toBe(20);
  expect(new Set(done.map(({ text }) => text)).size).toBe(1);
  for (const answer of waiting) {
    expect(answer.json).toMatchObject({ code: 'in-progress' });
    expect(answer.headers.get('retry-after')).toBe('1');
  }
  expect(await roomsNamed('Crowd')).toHaveLength(1);
});

test('a refused request does not use its key up', async () => {
  const key = randomUUID();
  expect((await create(key, { name: 'General', kind: 'public' })).status).toBe(409);
  expect((await create(key, { name: 'Not General', kind: 'public' })).status).toBe(201);
});

test('a process that died after the commit locks no key, and the next try finishes the same thing', async () => {
  const key = randomUUID();
  const body = { name: 'Survivor', kind: 'private' };
  const first = await create(key, body);
  // As the crash leaves it: the room is committed, the answer is not.
  await server.db.kysely
    .updateTable('idempotency_keys')
    .set({ status: null, answer: null })
    .where('key', '=', key)
    .execute();
  expect((await create(key, body)).json).toMatchObject({ code: 'in-progress' });
  server.ahead.ms += 31_000;
  const again = await create(key, body);
  expect(again.status).toBe(201);
  expect(RoomAnswer.parse(again.json)).toEqual(RoomAnswer.parse(first.json));
  expect(await roomsNamed('Survivor')).toHaveLength(1);
});

test('a repeated sign-up is the same account and signs in again; without its password it is taken', async () => {
  const headers = { 'idempotency-key': randomUUID() };
  const body = {
    handle: 'repeated',
    email: 'repeated@example.org',
    displayName: 'R',
    password: 'correct horse',
  };
  const signUp = (password = body.password) =>
    server.call('POST', '/api/accounts', { body: { ...body, password }, headers });
  const [first, second] = [await signUp(), await signUp()];
  expect(second.status).toBe(201);
  expect(UserAnswer.parse(second.json)).toEqual(UserAnswer.parse(first.json));
  const cookie = second.headers.get('set-cookie')?.split(';', 1)[0];
  expect((await server.call('GET', '/api/me', { cookie })).status).toBe(200);
  expect((await signUp('another password')).json).toMatchObject({ code: 'handle-taken' });
});

test('no stored answer or hash gives a token or password away', async () => {
  const headers = { 'idempotency-key': randomUUID() };
  const body = { login: ann.handle, password: ann.password, transport: 'bearer' };
  const answers = [
    await server.call('POST', '/api/sessions', { body, headers }),
    await server.call('POST', '/api/sessions', { body, headers }),
  ];
  const tokens = answers.map(({ json }) => SignInAnswer.parse(json).token);
  expect(new Set(tokens).size).toBe(2);
  const rows = await server.db.kysely.selectFrom('idempotency_keys').selectAll().execute();
  const stored = JSON.stringify(rows);
  for (const token of tokens) expect(stored).not.toContain(token);
});
