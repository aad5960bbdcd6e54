import { randomUUID } from 'node:crypto';
import { RoomAnswer } from '@skerry/protocol/api/rooms.ts';
import type { MessageId } from '@skerry/protocol/ids.ts';
import { pino } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDevice } from '../../test/stranger.ts';
import { startTestServer, type TestServer } from '../../test/testServer.ts';
import { untilTrue } from '../../test/untilTrue.ts';
import { openJobs } from '../platform/jobs.ts';
import { findErasure } from './erasureStore.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

test('B9 L13 the next start finishes what a process that died has left of an erasure', async () => {
  const ann = await server.person();
  const created = await server.call('POST', '/api/rooms', {
    token: ann.token,
    body: { name: 'Erased', kind: 'public' },
  });
  const roomId = RoomAnswer.parse(created.json).room.id;
  const device = openDevice(server.url, { ...ann, id: ann.id as never });
  const page = await device.openPage(roomId);
  const messageId: MessageId = page.post('something');
  await untilTrue('it is stored', () => page.order().length === 1);
  device.close();
  await server.db.kysely
    .insertInto('erasures')
    .values({
      id: uuidv7(),
      at: 1,
      room_id: roomId,
      message_id: messageId,
      rows_at: null,
      files_at: null,
    })
    .execute();
  await server.restart();
  const report = () => findErasure(server.db.kysely, roomId, messageId);
  await untilTrue('both steps', async () => (await report())?.filesAt !== null);
  expect((await report())?.rowsAt).toEqual(expect.any(Number));
  expect(server.logged.join('\n')).toMatch(/"job":"erasure".*"job done"/);
});

test('L13 work on demand runs when it is asked for, and at its time', async () => {
  const jobs = await openJobs(server.db, pino({ level: 'silent' }));
  const asked: boolean[] = [];
  const name = `demand-${randomUUID()}`;
  try {
    const demand = await jobs.onDemand(name, '7 3 * * *', ({ bySchedule }) => {
      asked.push(bySchedule);
      return Promise.resolve();
    });
    expect(asked).toEqual([]);
    await demand();
    await untilTrue('a run', () => asked.length === 1);
    // What the schedule sends.
    const { rows } = await server.db.jobs.executeSql(
      'select cron, data from jobs.schedule where name = $1',
      [name],
    );
    expect(rows).toEqual([{ cron: '7 3 * * *', data: { bySchedule: true } }]);
  } finally {
    await jobs.close();
  }
  expect(asked).toEqual([false]);
});

test('L13 a run on demand that comes too early is done later, and what is asked for until then with it', async () => {
  const jobs = await openJobs(server.db, pino({ level: 'silent' }));
  const name = `early-${randomUUID()}`;
  let runs = 0;
  const waiting = async () => {
    const { rows } = await server.db.jobs.executeSql(
      `select extract(epoch from start_after - created_on)::int as seconds from jobs.job
       where name = $1 and state = 'created'`,
      [name],
    );
    return rows;
  };
  try {
    const demand = await jobs.onDemand(name, '7 3 * * *', async ({ later }) => {
      runs++;
      await later(600);
    });
    await demand();
    await untilTrue('the next run', async () => runs === 1 && (await waiting()).length > 0);
    await demand();
    expect(await waiting()).toEqual([{ seconds: 600 }]);
  } finally {
    await jobs.close();
  }
  expect(runs).toBe(1);
});
