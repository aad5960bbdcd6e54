import { roomDocumentName } from '@skerry/protocol/documentName.ts';
import { parsePresence } from '@skerry/protocol/presence/presence.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Attached } from './headPage.ts';
import { startServer } from './serverProcess.ts';
import { createDatabase } from './sqlAccess.ts';
import { createRoom, joinRoom, openDevice, signUpStranger, type Device } from './stranger.ts';
import { startPostgres, type ThrowawayPostgres } from './throwawayPostgres.ts';
import { startRedis, type ThrowawayRedis } from './throwawayRedis.ts';
import { untilTrue } from './untilTrue.ts';

/** After which y-protocols forgets a client that says nothing, and how often it looks. */
const AWARENESS_TIMEOUT_MS = 30_000 + 3_000;

let postgres: ThrowawayPostgres;
let redis: ThrowawayRedis;
beforeAll(async () => {
  postgres = await startPostgres();
  redis = await startRedis();
});
afterAll(async () => {
  await postgres.stop();
  await redis.dispose();
});

// The half minute that a dead process' presence stays is waited for once.
test.each([
  ['redis', 'and one that dies'],
  ['database', ''],
] as const)(
  'B12 D9 T10 two server processes that talk through the %s: messages, leaving, signing out %s',
  async (kind, end) => {
    const env = {
      DATABASE_URL: await createDatabase(postgres.url),
      ...(kind === 'redis' ? { REDIS_URL: redis.url } : {}),
    };
    const a = await startServer(env);
    const b = await startServer(env);
    const devices: Device[] = [];
    const open = (...args: Parameters<typeof openDevice>) => {
      const device = openDevice(...args);
      devices.push(device);
      return device;
    };
    try {
      const [ann, bo, cy] = [
        await signUpStranger(a.url, 'ann'),
        await signUpStranger(b.url, 'bo'),
        await signUpStranger(a.url, 'cy'),
      ];
      const roomId = await createRoom(a.url, ann, 'shared');
      for (const person of [bo, cy]) await joinRoom(b.url, person, roomId);
      const [annAtA, boAtB, cyAtB] = [open(a.url, ann), open(b.url, bo), open(b.url, cy)];
      const [atA, atB] = [await annAtA.openPage(roomId), await boAtB.openPage(roomId)];
      const id = atA.post('over there');
      const has = (page: typeof atA, message: string) =>
        page.order().some(([each]) => each === message);
      await untilTrue('it at B', () => has(atB, id));
      const answer = atB.post('over here');
      await untilTrue('the answer at A', () => has(atA, answer));

      const [annsRoom, bosRoom] = [
        await open(a.url, ann).attach(roomDocumentName(roomId)),
        await open(b.url, bo).attach(roomDocumentName(roomId)),
      ];
      bosRoom.provider.setAwarenessField('typing', true);
      await untilTrue('Bo types, at A', () => seen(annsRoom, bosRoom)?.typing === true);

      const cysRoom = await cyAtB.attach(roomDocumentName(roomId));
      const closed: string[] = [];
      cysRoom.provider.on('close', ({ event }: { event: { reason: string } }) => {
        closed.push(event.reason);
      });
      await call(a.url, 'DELETE', `/api/rooms/${roomId}/membership`, cy.token);
      await untilTrue('Cy to be out at B', () => closed.includes('not-a-member'), 5_000);

      const closes: number[] = [];
      const cyAgain = open(b.url, cy);
      const own = await cyAgain.attach(`user:${cy.id}`);
      own.provider.configuration.websocketProvider.on(
        'close',
        ({ event }: { event: { code: number } }) => closes.push(event.code),
      );
      await call(a.url, 'DELETE', '/api/sessions/current', cy.token);
      await untilTrue('Cy to be signed out at B', () => closes.includes(4401), 5_000);

      if (end === '') return;
      await b.kill('SIGKILL');
      expect(seen(annsRoom, bosRoom)?.typing).toBe(true);
      await untilTrue(
        'Bo to be gone with B',
        () => seen(annsRoom, bosRoom) === undefined,
        AWARENESS_TIMEOUT_MS + 5_000,
      );
      expect(has(atA, atA.post('still here'))).toBe(false);
      await untilTrue('A goes on', () => atA.order().length === 3);
    } finally {
      for (const device of devices) device.close();
      await a.dispose();
      await b.dispose();
    }
  },
);

function seen(at: Attached, whom: Attached) {
  return parsePresence(at.provider.awareness?.getStates().get(whom.doc.clientID));
}

async function call(url: string, method: string, path: string, token: string): Promise<void> {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new Error(`${method} ${path} answered ${String(response.status)}`);
}
