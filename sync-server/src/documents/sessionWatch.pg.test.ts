import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHarness, until, type Harness } from '../../test/harness.ts';
import { systemClock } from '../platform/clock.ts';
import { createAccessStore } from './accessStore.ts';
import { watchSessions } from './sessionWatch.ts';
import { SocketRegistry } from './socketRegistry.ts';
import type { SyncSocket } from './syncSocket.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

test('B13 D3 a session that expired in the database loses its sockets, others keep theirs', async () => {
  const [ann, bo] = [await harness.person('Ann'), await harness.person('Bo')];
  const sockets = new SocketRegistry();
  const closes: string[] = [];
  for (const session of [ann.session, bo.session, randomUUID()]) {
    const socket: SyncSocket = {
      facts: { ownOrigin: false, address: '127.0.0.1', cookie: undefined },
      identity: undefined,
      sessions: new Set([session]),
      documents: new Set(),
      offences: 0,
      openedAt: 0,
      close: (code) => {
        closes.push(`${session} ${String(code)}`);
        sockets.remove(socket);
      },
    };
    sockets.add(socket);
  }
  await harness.db.kysely
    .updateTable('sessions')
    .set({ expires_at: new Date(Date.now() - 1) })
    .where('id', '=', ann.session)
    .execute();
  const watch = watchSessions({
    store: createAccessStore(harness.db),
    sockets,
    clock: systemClock,
    log: pino({ level: 'silent' }),
    everyMs: 10,
  });
  await until('two to be closed', () => closes.length === 2);
  watch.stop();
  expect(closes).toContain(`${ann.session} 4401`);
  expect(closes.join()).not.toContain(bo.session);
});

test('D1 a fault while access is decided is "unavailable", and the process goes on', async () => {
  let isBroken = true;
  const person = await harness.person('Ann');
  const identity = {
    userId: person.id,
    sessionId: person.session,
    handle: 'ann',
    displayName: 'Ann',
    avatar: '1',
    role: 'member' as const,
  };
  const broken = await startHarness({
    identify: () => () =>
      isBroken ? Promise.reject(new Error('database away')) : Promise.resolve(identity),
  });
  const name = `user:${person.id}`;
  expect((await broken.device(person).attach(name)).refused).toBe('unavailable');
  isBroken = false;
  expect((await broken.device(person).attach(name)).refused).toBeUndefined();
  await broken.stop();
});
