import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type CallOptions, type TestServer } from '../../test/testServer.ts';

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startTestServer();
  ({ token } = await server.person());
});
afterAll(() => server.close());

const account = {
  handle: 'new_one',
  email: 'new@example.org',
  displayName: 'New',
  password: 'long enough',
};
const room = { name: 'A room', kind: 'public' };
const accounts = 'POST /api/accounts';
const rooms = 'POST /api/rooms';

type Case = [what: string, route: string, options: CallOptions, code: string, field?: string];
const CASES: Case[] = [
  ['no body', accounts, {}, 'bad-request', 'body'],
  ['broken JSON', accounts, { rawBody: '{"handle":' }, 'bad-request'],
  ['JSON that is no object', accounts, { body: [1, 2] }, 'bad-request', 'body'],
  ['an empty body as JSON', accounts, { rawBody: '' }, 'bad-request'],
  ['__proto__', accounts, { rawBody: '{"__proto__":{"role":"admin"}}' }, 'bad-request'],
  [
    'another media type',
    accounts,
    { rawBody: 'a=b', headers: { 'content-type': 'text/xml' } },
    'bad-request',
  ],
  ['a number for a handle', accounts, { body: { ...account, handle: 7 } }, 'bad-request', 'handle'],
  ['a short handle', accounts, { body: { ...account, handle: 'a' } }, 'bad-request', 'handle'],
  [
    'a handle with a dash',
    accounts,
    { body: { ...account, handle: 'a-b' } },
    'bad-request',
    'handle',
  ],
  ['no address', accounts, { body: { ...account, email: 'nowhere' } }, 'bad-request', 'email'],
  [
    'a blank name',
    accounts,
    { body: { ...account, displayName: '  ' } },
    'bad-request',
    'displayName',
  ],
  [
    'a line break in a name',
    accounts,
    { body: { ...account, displayName: 'a\nb' } },
    'bad-request',
    'displayName',
  ],
  [
    'a short password',
    accounts,
    { body: { ...account, password: '1234567' } },
    'bad-request',
    'password',
  ],
  [
    'a long password',
    accounts,
    { body: { ...account, password: 'x'.repeat(129) } },
    'bad-request',
    'password',
  ],
  [
    'NUL in a password',
    accounts,
    { body: { ...account, password: 'long enough\0' } },
    'bad-request',
    'body',
  ],
  [
    'NUL in a login',
    'POST /api/sessions',
    { body: { login: 'a\0b', password: 'x' } },
    'bad-request',
    'body',
  ],
  [
    'an endless body',
    accounts,
    { body: { ...account, displayName: 'x'.repeat(70_000) } },
    'too-large',
  ],
  ['deep nesting', rooms, { rawBody: `${'['.repeat(5_000)}${']'.repeat(5_000)}` }, 'bad-request'],
  ['an unknown kind', rooms, { body: { ...room, kind: 'direct' } }, 'bad-request', 'kind'],
  ['a long name', rooms, { body: { ...room, name: 'x'.repeat(65) } }, 'bad-request', 'name'],
  [
    'a taken name in another case',
    rooms,
    { body: { ...room, name: 'gENERAL' } },
    'room-name-taken',
  ],
  ['no room id', 'GET /api/rooms/general', {}, 'bad-request', 'roomId'],
  [
    'an upper-case room id',
    'GET /api/rooms/018F0000-0000-7000-8000-000000000000',
    {},
    'bad-request',
    'roomId',
  ],
  ['NUL in a path', 'GET /api/rooms/%00', {}, 'bad-request'],
  ['broken percent encoding', 'GET /api/rooms/%E0%A4%A', {}, 'bad-request'],
  ['an unknown room', 'GET /api/rooms/018f0000-0000-7000-8000-000000000000', {}, 'room-not-found'],
  [
    'joining an unknown room',
    'POST /api/rooms/018f0000-0000-7000-8000-000000000000/join',
    {},
    'room-not-found',
  ],
  [
    'a strange key',
    rooms,
    { body: room, headers: { 'idempotency-key': 'a b' } },
    'bad-request',
    'idempotency-key',
  ],
  ['a colour that is none', 'PATCH /api/me', { body: { avatar: 'red' } }, 'bad-request', 'avatar'],
  ['a broken bearer', 'GET /api/me', { token: 'x'.repeat(5_000) }, 'unauthenticated'],
];

test.each(CASES)('%s gets a clear no', async (_what, route, options, code, field) => {
  const [method = '', path = ''] = route.split(' ');
  const answer = await server.call(method, path, { token, ...options });
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.json).toMatchObject({ code, status: answer.status });
  if (field !== undefined) {
    expect(Object.keys((answer.json as { fields?: object }).fields ?? {})).toContain(field);
  }
  expect(answer.text).not.toMatch(/\bat .*\.ts:|node_modules/);
});

test('after all that the server answers, and nothing of it was stored or logged as an error', async () => {
  expect((await server.call('GET', '/readyz')).status).toBe(200);
  const rows = await server.db.kysely
    .selectFrom('users')
    .select('id')
    .where('handle', '=', account.handle)
    .execute();
  expect(rows).toEqual([]);
  expect(
    server.logged.filter((line) => (JSON.parse(line) as { level: number }).level >= 50),
  ).toEqual([]);
});
