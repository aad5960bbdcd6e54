import { SessionsAnswer } from '@skerry/protocol/api/accounts.ts';
import { RoomAnswer } from '@skerry/protocol/api/rooms.ts';
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { readRoomMembers, readRoomMeta } from '@skerry/protocol/room/roomDoc.ts';
import { readRoomList } from '@skerry/protocol/user/userDoc.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { startTestServer, type Person, type TestServer } from '../../test/testServer.ts';
import { untilTrue } from '../../test/untilTrue.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
const undo: (() => void)[] = [];
afterEach(() => {
  for (const each of undo.splice(0).reverse()) each();
});

interface Attached {
  doc: Y.Doc;
  refused: string | undefined;
  closed: string[];
}
async function attach(who: Person, name: string): Promise<Attached> {
  const socket = new HocuspocusProviderWebsocket({
    url: `${server.url.replace('http', 'ws')}/sync`,
  });
  const attached: Attached = { doc: new Y.Doc(), refused: undefined, closed: [] };
  const provider = new HocuspocusProvider({
    name,
    document: attached.doc,
    token: who.token,
    websocketProvider: socket,
    onAuthenticationFailed: ({ reason }) => {
      attached.refused = reason;
    },
    onClose: ({ event }) => {
      attached.closed.push(event.reason);
    },
  });
  provider.attach();
  undo.push(() => {
    provider.destroy();
    socket.destroy();
  });
  await untilTrue(`${name} answers`, () => provider.isSynced || attached.refused !== undefined);
  return attached;
}

test('B12 ending a session, by whatever way, closes its socket at once', async () => {
  const ways: ((who: Person) => Promise<unknown>)[] = [
    ({ token }) => server.call('DELETE', '/api/sessions/current', { token }),
    async (who) => {
      const other = await signIn(who);
      const answer = await server.call('GET', '/api/sessions', { token: other });
      for (const { id, current } of SessionsAnswer.parse(answer.json).items) {
        if (!current) await server.call('DELETE', `/api/sessions/${id}`, { token: other });
      }
    },
    async (who) => {
      const body = { currentPassword: who.password, newPassword: 'another password' };
      await server.call('PUT', '/api/me/password', { token: await signIn(who), body });
    },
  ];
  for (const end of ways) {
    const who = await server.person();
    const own = await attach(who, `user:${who.id}`);
    await end(who);
    await untilTrue('the socket is closed', () => own.closed.includes('unauthenticated'));
  }
});

test('joining, leaving and a new name show in the documents of those who watch', async () => {
  const [ann, bo] = [await server.person(), await server.person()];
  const created = await server.call('POST', '/api/rooms', {
    token: ann.token,
    body: { name: 'Watched', kind: 'public' },
  });
  const { id } = RoomAnswer.parse(created.json).room;
  const room = await attach(ann, `room:${id}`);
  const own = await attach(bo, `user:${bo.id}`);
  expect(readRoomMeta(room.doc)).toMatchObject({ name: 'Watched', head: 0 });
  const member = () => readRoomMembers(room.doc).get(bo.id as never);

  await server.call('POST', `/api/rooms/${id}/join`, { token: bo.token });
  await untilTrue('the member shows', () => member()?.role === 'member');
  await untilTrue('the list shows it', () => readRoomList(own.doc).get(id)?.name === 'Watched');
  await server.call('PATCH', '/api/me', {
    token: bo.token,
    body: { displayName: 'Bo the Second' },
  });
  await untilTrue('the name shows', () => member()?.name === 'Bo the Second');

  const page = await attach(bo, `page:${id}:0`);
  await server.call('DELETE', `/api/rooms/${id}/membership`, { token: bo.token });
  await untilTrue('the page is closed', () => page.closed.length > 0);
  await untilTrue('the member is gone', () => member() === undefined);
  await untilTrue('the list forgets it', () => !readRoomList(own.doc).has(id));
});

test.each([
  ['a foreign page', '/sync', 'https://evil.example', 403],
  ['a sandboxed frame', '/sync', 'null', 403],
  ['an unknown path', '/other', undefined, 404],
  ['a longer path', '/sync/page', undefined, 404],
  ['a name every object has', '/constructor', undefined, 404],
])('%s opens no socket', async (_what, path, origin, status) => {
  const socket = new WebSocket(server.url.replace('http', 'ws') + path, {
    ...(origin !== undefined && { origin }),
  });
  const answered = await new Promise<number | undefined>((done) => {
    socket.on('unexpected-response', (_request, response) => {
      response.resume();
      done(response.statusCode);
    });
    socket.on('open', () => {
      done(101);
    });
    socket.on('error', () => undefined);
  });
  socket.terminate();
  expect(answered).toBe(status);
});

test('a cookie counts only on a request that our own pages made', async () => {
  const { handle, password } = await server.person();
  const signedIn = await server.call('POST', '/api/sessions', {
    body: { login: handle, password },
  });
  const cookie = signedIn.headers.get('set-cookie')?.split(';', 1)[0];
  const body = { about: 'changed' };
  const change = (origin: string | null) =>
    server.call('PATCH', '/api/me', { cookie, origin, body });
  expect((await change(server.url)).status).toBe(200);
  expect((await change(null)).status).toBe(401);
  expect((await change('https://evil.example')).json).toMatchObject({ code: 'bad-origin' });
  const read = (headers: Record<string, string>) =>
    server.call('GET', '/api/me', { cookie, origin: null, headers });
  expect((await read({})).status).toBe(401);
  expect((await read({ referer: `${server.url}/` })).status).toBe(200);
});

async function signIn({ handle, password }: Person): Promise<string> {
  const answer = await server.call('POST', '/api/sessions', {
    body: { login: handle, password, transport: 'bearer' },
  });
  return (answer.json as { token: string }).token;
}
