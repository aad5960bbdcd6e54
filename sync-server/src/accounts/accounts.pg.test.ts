import { SessionsAnswer, SignInAnswer, UserAnswer } from '@skerry/protocol/api/accounts.ts';
import { RoomsAnswer } from '@skerry/protocol/api/rooms.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type Answer, type TestServer } from '../../test/testServer.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const DAY_MS = 24 * 3_600_000;
let count = 0;
const somebody = (over: object = {}) => ({
  handle: `someone${++count}`,
  email: `someone${count}@example.org`,
  displayName: 'Some One',
  password: 'correct horse battery',
  ...over,
});
const codeOf = (answer: Answer) => (answer.json as { code?: string }).code;
const cookieOf = (answer: Answer) => answer.headers.get('set-cookie')?.split(';', 1)[0];

test('of two first sign-ups at once exactly one is admin, and both are in General', async () => {
  const answers = await Promise.all(
    [somebody(), somebody()].map((body) => server.call('POST', '/api/accounts', { body })),
  );
  const roles = answers.map(({ json }) => UserAnswer.parse(json).user.role);
  expect(roles.sort()).toEqual(['admin', 'member']);
  const [first] = answers;
  const rooms = await server.call('GET', '/api/rooms', { cookie: first && cookieOf(first) });
  expect(RoomsAnswer.parse(rooms.json).items).toMatchObject([
    { name: 'General', kind: 'public', joined: true, members: 2 },
    { name: 'Random', kind: 'public', joined: false, members: 0 },
    { name: 'Technology', kind: 'public', joined: false, members: 0 },
  ]);
});

test('a handle and an e-mail address are taken in any spelling', async () => {
  const { email } = await server.person('ann');
  const sameHandle = somebody({ handle: 'ANN' });
  expect(codeOf(await server.call('POST', '/api/accounts', { body: sameHandle }))).toBe(
    'handle-taken',
  );
  const sameEmail = somebody({ email: email.toUpperCase() });
  expect(codeOf(await server.call('POST', '/api/accounts', { body: sameEmail }))).toBe(
    'email-taken',
  );
});

test('of ten sign-ups at once with one handle exactly one succeeds', async () => {
  const body = somebody();
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => server.call('POST', '/api/accounts', { body })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(9).fill(409)]);
});

test('a person signs in by handle or e-mail address in any spelling', async () => {
  const person = await server.person();
  for (const login of [person.handle, person.handle.toUpperCase(), person.email.toUpperCase()]) {
    const answer = await server.call('POST', '/api/sessions', {
      body: { login, password: person.password },
    });
    expect(answer.status).toBe(201);
    expect(SignInAnswer.parse(answer.json)).toMatchObject({ user: { id: person.id } });
    expect(SignInAnswer.parse(answer.json).token).toBeUndefined();
  }
});

test('a wrong password and an unknown login answer the same', async () => {
  const person = await server.person();
  const wrong = await server.call('POST', '/api/sessions', {
    body: { login: person.handle, password: 'something else' },
  });
  const unknown = await server.call('POST', '/api/sessions', {
    body: { login: 'nobody_at_all', password: 'something else' },
  });
  expect(wrong.status).toBe(401);
  expect(wrong.json).toEqual(unknown.json);
});

test('the database holds a hash of the token, never the token', async () => {
  const person = await server.person();
  const rows = await server.db.kysely
    .selectFrom('sessions')
    .selectAll()
    .where('user_id', '=', person.id as never)
    .execute();
  expect(rows.filter(({ id }) => !/^[0-9a-f]{64}$/.test(id))).toEqual([]);
  expect(JSON.stringify(rows)).not.toContain(person.token);
});

test('ten failures stop sign-in for that login and address, a restart included, until 15 minutes are over', async () => {
  const { handle, email, password } = await server.person();
  const fail = (login: string) =>
    server.call('POST', '/api/sessions', { body: { login, password: 'not this' } });
  // Handle and e-mail address are one account, and a crowd at once is counted one by one.
  const answers = await Promise.all(
    Array.from({ length: 14 }, (_, n) => fail(n % 2 === 0 ? handle : email)),
  );
  const failures = answers.filter(({ status }) => status === 401).length;
  expect(failures).toBeGreaterThanOrEqual(10);
  expect(failures).toBeLessThanOrEqual(11);
  await server.restart();
  const refused = await server.call('POST', '/api/sessions', { body: { login: handle, password } });
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(880);
  expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(900);
  server.ahead.ms += 15 * 60_000;
  const allowed = await server.call('POST', '/api/sessions', { body: { login: handle, password } });
  expect(allowed.status).toBe(201);
});

test('a success forgets the failures before it', async () => {
  const { handle, password } = await server.person();
  for (let round = 0; round < 2; round++) {
    for (let n = 0; n < 9; n++) {
      await server.call('POST', '/api/sessions', { body: { login: handle, password: 'no' } });
    }
    const answer = await server.call('POST', '/api/sessions', {
      body: { login: handle, password },
    });
    expect(answer.status).toBe(201);
  }
});

test('a remembered session lasts 30 days from its last use, any other 24 hours from sign-in', async () => {
  const { handle, password } = await server.person();
  for (const remember of [true, false]) {
    const answer = await server.call('POST', '/api/sessions', {
      body: { login: handle, password, remember },
    });
    const cookie = cookieOf(answer);
    expect(answer.headers.get('set-cookie')).toMatch(/; HttpOnly; SameSite=Lax/);
    expect((answer.headers.get('set-cookie') ?? '').includes('Expires=')).toBe(remember);
    const newest = () =>
      server.db.kysely
        .selectFrom('sessions')
        .select(['id', 'expires_at'])
        .where('remember', '=', remember)
        .orderBy('created_at', 'desc')
        .executeTakeFirstOrThrow();
    const { id, expires_at: end } = await newest();
    const lifetime = (remember ? 30 : 1) * DAY_MS;
    expect(Math.abs(end.getTime() - Date.now() - lifetime)).toBeLessThan(60_000);

    const nearEnd = new Date(Date.now() + lifetime / 10);
    const setEnd = (expires_at: Date) =>
      server.db.kysely.updateTable('sessions').set({ expires_at }).where('id', '=', id).execute();
    await setEnd(nearEnd);
    server.ahead.ms += 10_000; // past what is remembered of the last answer
    const me = await server.call('GET', '/api/me', { cookie });
    expect(me.status).toBe(200);
    const moved = (await newest()).expires_at.getTime() - nearEnd.getTime();
    if (remember) expect(moved).toBeGreaterThan(26 * DAY_MS);
    else expect(moved).toBe(0);
    const expires = /Expires=([^;]+)/.exec(me.headers.get('set-cookie') ?? '')?.[1];
    if (remember) expect(Date.parse(expires ?? '')).toBeGreaterThan(Date.now() + 29 * DAY_MS);

    await setEnd(new Date(Date.now() - 1_000));
    server.ahead.ms += 10_000;
    expect((await server.call('GET', '/api/me', { cookie })).status).toBe(401);
  }
});

test('B12 a password change ends every other session at once and keeps the one that asked', async () => {
  const { handle, password, token } = await server.person();
  const other = SignInAnswer.parse(
    (
      await server.call('POST', '/api/sessions', {
        body: { login: handle, password, transport: 'bearer' },
      })
    ).json,
  ).token;
  expect((await server.call('GET', '/api/me', { token: other })).status).toBe(200);
  const wrong = await server.call('PUT', '/api/me/password', {
    token,
    body: { currentPassword: 'not it', newPassword: 'a new password' },
  });
  expect(codeOf(wrong)).toBe('wrong-credentials');
  const changed = await server.call('PUT', '/api/me/password', {
    token,
    body: { currentPassword: password, newPassword: 'a new password' },
  });
  expect(changed.status).toBe(204);
  expect((await server.call('GET', '/api/me', { token: other })).status).toBe(401);
  expect((await server.call('GET', '/api/me', { token })).status).toBe(200);
  const signIn = (given: string) =>
    server.call('POST', '/api/sessions', { body: { login: handle, password: given } });
  expect((await signIn(password)).status).toBe(401);
  expect((await signIn('a new password')).status).toBe(201);
});

test('the session list names devices, and revoking one ends it at once', async () => {
  const { handle, password, token } = await server.person();
  const phone = await server.call('POST', '/api/sessions', {
    body: { login: handle, password, transport: 'bearer' },
    headers: {
      'user-agent': 'Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0',
    },
  });
  const phoneToken = SignInAnswer.parse(phone.json).token;
  const { items } = SessionsAnswer.parse(
    (await server.call('GET', '/api/sessions', { token })).json,
  );
  expect(items).toHaveLength(3);
  expect(items.filter(({ current }) => current)).toHaveLength(1);
  const named = items.find(({ deviceName }) => deviceName === 'Firefox on Android');
  expect(named).toMatchObject({ current: false });
  expect((await server.call('GET', '/api/me', { token: phoneToken })).status).toBe(200);

  const stranger = await server.person();
  const path = `/api/sessions/${named?.id ?? ''}`;
  expect((await server.call('DELETE', path, { token: stranger.token })).status).toBe(404);
  expect((await server.call('DELETE', path, { token })).status).toBe(204);
  expect((await server.call('GET', '/api/me', { token: phoneToken })).status).toBe(401);
  expect((await server.call('DELETE', path, { token })).status).toBe(404);
});

test('signing out ends the session and clears the cookie; a second time is no error', async () => {
  const { handle, password } = await server.person();
  const signedIn = await server.call('POST', '/api/sessions', {
    body: { login: handle, password },
  });
  const cookie = cookieOf(signedIn);
  for (let n = 0; n < 2; n++) {
    const out = await server.call('DELETE', '/api/sessions/current', { cookie });
    expect(out.status).toBe(204);
    expect(out.headers.get('set-cookie')).toMatch(/^skerry_session=;.*Expires=Thu, 01 Jan 1970/);
  }
  expect((await server.call('GET', '/api/me', { cookie })).status).toBe(401);
});

test('a profile edit changes what it names and nothing else', async () => {
  const { token, handle } = await server.person();
  const edit = (body: object) => server.call('PATCH', '/api/me', { token, body });
  await edit({ about: 'Sails\nand reads', avatar: '210' });
  const { user } = UserAnswer.parse((await edit({ displayName: '  Ann Á. ' })).json);
  expect(user).toMatchObject({
    handle,
    displayName: 'Ann Á.',
    avatar: '210',
    about: 'Sails\nand reads',
  });
  expect((await edit({ avatar: '361' })).status).toBe(400);
});

test('nobody reads a password, a token or a name in the log', async () => {
  const person = await server.person();
  await server.call('POST', '/api/sessions', {
    body: { login: person.handle, password: 'wrong but secret' },
  });
  await server.call('GET', `/api/rooms?secret=in-the-address`, { token: person.token });
  const log = server.logged.join('');
  expect(log).toContain('request answered');
  for (const secret of [
    person.password,
    person.token,
    person.email,
    'wrong but secret',
    'in-the-address',
  ]) {
    expect(log).not.toContain(secret);
  }
});
