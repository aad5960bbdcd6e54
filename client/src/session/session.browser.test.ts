import type { UserId } from '@skerry/protocol/ids.ts';
import { v7 } from 'uuid';
import { afterEach, expect, test, vi } from 'vitest';
import { writeLastUser } from './lastUser.ts';
import { createSession, type Session } from './session.ts';

/** Nobody listens there: everything here happens on this device. */
const NOWHERE = 'ws://127.0.0.1:9/sync';

let session: Session | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  await session?.signOut();
});

function newUser() {
  return {
    id: v7() as UserId,
    handle: 'ann',
    email: 'ann@example.org',
    emailVerified: true,
    displayName: 'Ann',
    avatar: '200',
    about: '',
    role: 'member' as const,
    createdAt: 0,
  };
}

/** The server's answer to "who am I" is on its way until `tell`; it takes everything else. */
function holdWhoIAm() {
  const answer = Promise.withResolvers<Response>();
  vi.spyOn(globalThis, 'fetch').mockImplementation((input) =>
    input === '/api/me' ? answer.promise : Promise.resolve(new Response(null, { status: 204 })),
  );
  return (status: number, body: unknown) => {
    answer.resolve(new Response(JSON.stringify(body), { status }));
  };
}

async function openAs(user: ReturnType<typeof newUser>) {
  writeLastUser(user);
  session = createSession(NOWHERE);
  const started = session.start();
  const { state } = session;
  await expect.poll(() => state.get().kind).toBe('open');
  return { session, started };
}

test('an answer that arrives after signing out brings nobody back', async () => {
  const ann = newUser();
  const tell = holdWhoIAm();
  const opened = await openAs(ann);
  await opened.session.signOut();
  tell(200, { user: ann });
  await opened.started;
  expect(opened.session.state.get()).toEqual({ kind: 'nobody', note: undefined });
  expect(localStorage.getItem('skerry:user')).toBeNull();
});

test('a "no" to the session before does not end the one that was just begun', async () => {
  const ann = newUser();
  const tell = holdWhoIAm();
  const opened = await openAs(ann);
  await opened.session.enter(ann);
  tell(401, { type: 'about:blank', title: 'No', status: 401, code: 'unauthenticated' });
  await opened.started;
  expect(opened.session.state.get()).toMatchObject({ kind: 'open', hasEnded: false });
});

test('signing out ends although the browser keeps its caches to itself', async () => {
  holdWhoIAm();
  const { session: open } = await openAs(newUser());
  vi.spyOn(CacheStorage.prototype, 'keys').mockRejectedValue(
    new DOMException('The operation is insecure.', 'SecurityError'),
  );
  await open.signOut();
  expect(open.state.get()).toEqual({ kind: 'nobody', note: undefined });
});

test('the app opens in memory when the disk opens but cannot be read', async () => {
  holdWhoIAm();
  vi.spyOn(IDBObjectStore.prototype, 'getAll').mockImplementation(() => {
    throw new DOMException('the disk is damaged', 'DataError');
  });
  const { session: open } = await openAs(newUser());
  const state = open.state.get();
  expect(state.kind === 'open' && state.skerry.storage).toBe('memory');
});
