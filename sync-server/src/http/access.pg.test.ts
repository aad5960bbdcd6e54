import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { RoomAnswer } from '@skerry/protocol/api/rooms.ts';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type Person, type TestServer } from '../../test/testServer.ts';

let server: TestServer;
/** What Fastify was given, whether its OpenAPI page shows it or not. */
const registered = new Set<string>();
const noteRoutes = (message: unknown) => {
  const { fastify } = message as { fastify: FastifyInstance };
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) if (each !== 'HEAD') registered.add(`${each} ${url}`);
  });
};
beforeAll(async () => {
  subscribe('fastify.initialization', noteRoutes);
  server = await startTestServer();
  unsubscribe('fastify.initialization', noteRoutes);
});
afterAll(() => server.close());

const NOBODY = '018f0000-0000-7000-8000-000000000000';
type Caller = 'anonymous' | 'ended' | 'suspended' | 'outsider' | 'member';

interface Route {
  body?: object;
  /** Default: 401 without a valid session. */
  open?: Record<'anonymous' | 'ended' | 'suspended', number>;
  outsider: number;
  member: number;
}
const anyone = (status: number) => ({ anonymous: status, ended: status, suspended: status });

/** Every route that exists, in a private room where it names a room. */
const ROUTES: Record<string, Route> = {
  'GET /healthz': { open: anyone(200), outsider: 200, member: 200 },
  'GET /readyz': { open: anyone(200), outsider: 200, member: 200 },
  'POST /api/accounts': { body: {}, open: anyone(400), outsider: 400, member: 400 },
  'POST /api/sessions': { body: {}, open: anyone(400), outsider: 400, member: 400 },
  'POST /api/password-resets/use': {
    body: { token: 'unknown', newPassword: 'long enough' },
    open: anyone(410),
    outsider: 410,
    member: 410,
  },
  'GET /api/me': { outsider: 200, member: 200 },
  'PATCH /api/me': { body: {}, outsider: 200, member: 200 },
  'PUT /api/me/password': { body: {}, outsider: 400, member: 400 },
  'GET /api/sessions': { outsider: 200, member: 200 },
  [`DELETE /api/sessions/{sessionId}`]: { outsider: 404, member: 404 },
  'POST /api/sync-tickets': { outsider: 201, member: 201 },
  'GET /api/rooms': { outsider: 200, member: 200 },
  'POST /api/rooms': { body: {}, outsider: 400, member: 400 },
  'GET /api/rooms/{roomId}': { outsider: 404, member: 200 },
  'GET /api/rooms/{roomId}/members': { outsider: 404, member: 200 },
  'POST /api/rooms/{roomId}/join': { outsider: 404, member: 200 },
  'DELETE /api/rooms/{roomId}/membership': { outsider: 404, member: 204 },
  // Signing out twice is signing out. Last: it ends the caller's session.
  'DELETE /api/sessions/current': { open: anyone(204), outsider: 204, member: 204 },
};

test('every route that Fastify was given is in this table', () => {
  const listed = Object.keys(ROUTES).map((name) => name.replaceAll(/\{(\w+)\}/g, ':$1'));
  // The page that describes the others shows nobody's data.
  const routes = [...registered].filter((name) => !name.startsWith('GET /api/docs'));
  expect(routes.sort()).toEqual(listed.sort());
});

test('OpenAPI lists every route of this table, and this table every route of OpenAPI', async () => {
  const answer = await server.call('GET', '/api/docs/json');
  const { paths } = answer.json as { paths: Record<string, Record<string, unknown>> };
  const listed = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(listed.sort()).toEqual(Object.keys(ROUTES).sort());
});

test('OpenAPI says of each route whether it is open and whether it may be repeated', async () => {
  const answer = await server.call('GET', '/api/docs/json');
  const { paths } = answer.json as {
    paths: Record<
      string,
      Record<string, { security?: unknown[]; parameters?: { in: string; name: string }[] }>
    >;
  };
  for (const [name, { open }] of Object.entries(ROUTES)) {
    const [method = '', path = ''] = name.split(' ');
    const route = paths[path]?.[method.toLowerCase()];
    expect(route?.security, name).toEqual(open === undefined ? undefined : []);
    const headers = (route?.parameters ?? []).filter((parameter) => parameter.in === 'header');
    expect(
      headers.map((header) => header.name),
      name,
    ).toEqual(method === 'POST' ? ['idempotency-key'] : []);
  }
});

test('each route answers each kind of caller by rule', async () => {
  const people: Record<Exclude<Caller, 'anonymous'>, Person> = {
    member: await server.person(),
    outsider: await server.person(),
    ended: await server.person(),
    suspended: await server.person(),
  };
  const created = await server.call('POST', '/api/rooms', {
    token: people.member.token,
    body: { name: 'Secret', kind: 'private' },
  });
  const roomId = RoomAnswer.parse(created.json).room.id;
  // All of them have been known to the server a moment ago.
  for (const { token } of Object.values(people)) {
    expect((await server.call('GET', '/api/me', { token })).status).toBe(200);
  }
  await server.call('DELETE', '/api/sessions/current', { token: people.ended.token });
  await server.db.kysely
    .updateTable('users')
    .set({ suspended_at: Date.now() })
    .where('id', '=', people.suspended.id as never)
    .execute();
  server.ahead.ms += 10_000;

  const got: string[] = [];
  const wanted: string[] = [];
  for (const [name, route] of Object.entries(ROUTES)) {
    const [method = '', pattern = ''] = name.split(' ');
    const path = pattern.replace('{roomId}', roomId).replace('{sessionId}', NOBODY);
    for (const caller of ['anonymous', 'ended', 'suspended', 'outsider', 'member'] as const) {
      const answer = await server.call(method, path, {
        token: caller === 'anonymous' ? undefined : people[caller].token,
        body: route.body,
      });
      const status =
        caller === 'outsider' || caller === 'member'
          ? route[caller]
          : (route.open?.[caller] ?? 401);
      got.push(`${name} as ${caller}: ${answer.status}`);
      wanted.push(`${name} as ${caller}: ${status}`);
      if (answer.status >= 400) {
        expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
        expect(answer.json).toMatchObject({ status: answer.status, type: 'about:blank' });
      }
    }
  }
  expect(got).toEqual(wanted);
});

test('a suspended person with the right password is told so, with a wrong one nothing', async () => {
  const { id, handle, password } = await server.person();
  await server.db.kysely
    .updateTable('users')
    .set({ suspended_at: Date.now() })
    .where('id', '=', id as never)
    .execute();
  const signIn = (given: string) =>
    server.call('POST', '/api/sessions', { body: { login: handle, password: given } });
  expect((await signIn(password)).json).toMatchObject({ status: 403, code: 'suspended' });
  expect((await signIn('wrong')).json).toMatchObject({ status: 401, code: 'wrong-credentials' });
});

test('an unknown path is a problem to a program and the app to a browser', async () => {
  const { token } = await server.person();
  expect((await server.call('GET', '/api/nothing', { token })).json).toMatchObject({ status: 404 });
  expect((await server.call('GET', '/api/nothing')).json).toMatchObject({ status: 404 });
  expect((await server.call('GET', '/missing.js')).status).toBe(404);
  const page = await server.call('GET', '/room/anything', { headers: { accept: 'text/html' } });
  // This server was given no built app: it says so.
  expect(page.status).toBe(503);
  expect(page.text).toContain('has not been built');
});

test('readyz says when the database does not answer, healthz lives on', async () => {
  const own = await startTestServer();
  try {
    await own.db.kysely.destroy();
    expect((await own.call('GET', '/readyz')).json).toMatchObject({
      status: 503,
      code: 'unavailable',
    });
    expect((await own.call('GET', '/healthz')).status).toBe(200);
  } finally {
    await own.close().catch(() => undefined); // its pool has been ended above
  }
});
