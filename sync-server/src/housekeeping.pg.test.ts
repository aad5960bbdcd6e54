import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../test/testServer.ts';
import { untilTrue } from '../test/untilTrue.ts';
import { openJobs } from './platform/jobs.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

test('housekeeping deletes what has had its time and keeps the rest', async () => {
  const { id, token } = await server.person();
  const { kysely } = server.db;
  const now = Date.now();
  const owner = { user_id: id as never };
  await kysely
    .insertInto('password_resets')
    .values([
      { token_hash: 'old', ...owner, expires_at: now - 1 },
      { token_hash: 'new', ...owner, expires_at: now + 60_000 },
    ])
    .execute();
  await kysely
    .insertInto('sign_in_failures')
    .values([
      { login: 'old', address: 'x', at: now - 16 * 60_000 },
      { login: 'new', address: 'x', at: now },
    ])
    .execute();
  const [session] = await kysely
    .selectFrom('sessions')
    .select('id')
    .where('remember', '=', false)
    .execute();
  const ticket = { session_id: session?.id ?? '' };
  await kysely
    .insertInto('sync_tickets')
    .values([
      { hash: 'old', ...ticket, expires_at: now - 1 },
      { hash: 'new', ...ticket, expires_at: now + 60_000 },
    ])
    .execute();
  const key = { owner: 'x', route: 'POST /', body_hash: '', operation_id: id };
  await kysely
    .insertInto('idempotency_keys')
    .values([
      { ...key, key: 'old', created_at: now - 31 * 24 * 3_600_000 },
      { ...key, key: 'new', created_at: now },
    ])
    .execute();
  await kysely
    .updateTable('sessions')
    .set({ expires_at: new Date(now - 1) })
    .where('remember', '=', true)
    .execute();

  await server.restart();
  const left = async () => ({
    resets: await kysely.selectFrom('password_resets').select('token_hash').execute(),
    failures: await kysely.selectFrom('sign_in_failures').select('login').execute(),
    keys: await kysely.selectFrom('idempotency_keys').select('key').execute(),
    tickets: await kysely.selectFrom('sync_tickets').select('hash').execute(),
    sessions: await kysely.selectFrom('sessions').select('remember').execute(),
  });
  // The last thing it does.
  await untilTrue('the run at the start', async () => (await left()).tickets.length === 1);
  expect(await left()).toEqual({
    resets: [{ token_hash: 'new' }],
    failures: [{ login: 'new' }],
    keys: [{ key: 'new' }],
    tickets: [{ hash: 'new' }],
    sessions: [{ remember: false }],
  });
  expect((await server.call('GET', '/api/me', { token })).status).toBe(200);
});

test('a job is scheduled once however often it is registered', async () => {
  const jobs = await openJobs(server.db, pino({ level: 'silent' }));
  let runs = 0;
  const count = () => {
    runs++;
    return Promise.resolve();
  };
  try {
    await jobs.repeat('counting', '7 * * * *', count);
    await jobs.repeat('counting', '8 * * * *', count);
    await untilTrue('a run', () => runs > 0);
  } finally {
    await jobs.close();
  }
  const { rows } = await server.db.jobs.executeSql(
    "select cron from jobs.schedule where name = 'counting'",
  );
  expect(rows).toEqual([{ cron: '8 * * * *' }]);
});
