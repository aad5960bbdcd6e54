import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  renameSync,
} from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SignInAnswer } from '@skerry/protocol/api/accounts.ts';
import { sql } from 'kysely';
import { afterEach, expect, test } from 'vitest';
import { openDatabase } from '../src/platform/database.ts';
import { freePort, startServer, type RunningServer } from './serverProcess.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'skerry-embedded-'));
  undo.push(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}
async function server(): Promise<RunningServer> {
  const started = await startServer();
  undo.push(started.dispose);
  return started;
}
/** Runs one of the server's programs to its end. */
function run(script: string, args: string[], env: Record<string, string>) {
  return new Promise<{ code: number; output: string }>((done) => {
    const options = { cwd: ROOT, env: { ...process.env, ...env } };
    const child = execFile(
      process.execPath,
      [`sync-server/src/${script}`, ...args],
      options,
      (_error, stdout, stderr) => {
        done({ code: child.exitCode ?? -1, output: stdout + stderr });
      },
    );
  });
}
async function signUp(url: string, handle: string): Promise<number> {
  const response = await fetch(`${url}/api/accounts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({
      handle,
      email: `${handle}@example.org`,
      displayName: handle,
      password: 'correct horse',
    }),
  });
  return response.status;
}
async function readAll(dataDir: string) {
  const db = await openDatabase({ dataDir });
  try {
    const users = await sql`select * from users order by id`.execute(db.kysely);
    const documents = await sql`select name from documents order by name`.execute(db.kysely);
    const epoch = await sql`select value from settings where name = 'epoch'`.execute(db.kysely);
    return { users: users.rows, documents: documents.rows, epoch: epoch.rows };
  } finally {
    await db.close();
  }
}

test('a second process on one data directory is refused by name, and the first goes on', async () => {
  const first = await server();
  const second = await run('main.ts', [], {
    DATA_DIR: first.dataDir,
    PORT: String(await freePort()),
  });
  expect(second.code).toBe(1);
  expect(second.output).toMatch(/is in use by process \d+; stop it first/);
  const reset = await run('cli/resetPassword.ts', ['ann'], { DATA_DIR: first.dataDir });
  expect(reset.code).toBe(1);
  expect(reset.output).toMatch(/stop it first/);
  expect((await fetch(`${first.url}/readyz`)).ok).toBe(true);
});

test('a port in use and a bad environment end the start with a sentence', async () => {
  const first = await server();
  const taken = await run('main.ts', [], { DATA_DIR: folder(), PORT: String(first.port) });
  expect(taken).toMatchObject({ code: 1 });
  expect(taken.output).toContain('The port is in use');
  const bad = await run('main.ts', [], { DATA_DIR: folder(), PORT: 'http' });
  expect(bad).toMatchObject({ code: 1 });
  expect(bad.output).toMatch(/Bad environment:[\s\S]*PORT/);
});

test('SIGTERM ends it within the deadline and frees the lock; SIGKILL leaves one that is taken over', async () => {
  const one = await server();
  expect(await signUp(one.url, 'ann')).toBe(201);
  await one.kill('SIGTERM');
  expect(existsSync(join(one.dataDir, 'lock'))).toBe(false);
  await one.start();
  expect(await signUp(one.url, 'ann')).toBe(409);
  await one.kill('SIGKILL');
  expect(existsSync(join(one.dataDir, 'lock'))).toBe(true);
  await one.start();
  expect(await signUp(one.url, 'ann')).toBe(409);
});

test('SIGTERM ends it in order though a request is half sent and a refused socket stays', async () => {
  const one = await server();
  const half = connect(one.port, '127.0.0.1');
  half.write('POST /api/accounts HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{');
  const refused = connect({ port: one.port, host: '127.0.0.1', allowHalfOpen: true });
  refused.write('GET /nowhere HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  for (const socket of [half, refused]) {
    socket.on('error', () => undefined);
    undo.push(() => {
      socket.destroy();
    });
  }
  await once(refused, 'data');
  await one.kill('SIGTERM');
  // In order: a process that gave up would have left it.
  expect(existsSync(join(one.dataDir, 'lock'))).toBe(false);
});

test('SIGKILL while accounts are being made loses none that was answered', async () => {
  const one = await server();
  const answered: string[] = [];
  const state = { inFlight: 0, inFlightAtKill: 0, killed: false };
  const write = async (writer: number) => {
    for (let n = 0; !state.killed; n++) {
      const handle = `w${String(writer)}_${String(n)}`;
      state.inFlight++;
      const status = await signUp(one.url, handle).catch(() => 0);
      state.inFlight--;
      if (status === 201) answered.push(handle);
      if (status !== 201 || answered.length !== 40) continue;
      state.killed = true;
      state.inFlightAtKill = state.inFlight;
      await one.kill('SIGKILL');
    }
  };
  await Promise.all([0, 1, 2, 3].map(write));
  expect(state.inFlightAtKill).toBeGreaterThan(0);
  await one.start();
  for (const handle of answered) expect(await signUp(one.url, handle)).toBe(409);
});

test('a backup restores every row under a new epoch and keeps what was there', async () => {
  const one = await server();
  expect(await signUp(one.url, 'ann')).toBe(201);
  await one.kill('SIGTERM');
  const env = { DATA_DIR: one.dataDir };
  const before = await readAll(one.dataDir);
  const file = join(folder(), 'backup.tar.gz');
  expect(await run('cli/backup.ts', [file], env)).toMatchObject({ code: 0 });
  expect(statSync(file).mode & 0o777).toBe(0o600);

  await one.start();
  expect(await signUp(one.url, 'bo')).toBe(201);
  // While the server runs, neither is possible.
  expect(await run('cli/backup.ts', [file], env)).toMatchObject({ code: 1 });
  expect(await run('cli/restore.ts', [file], env)).toMatchObject({ code: 1 });
  await one.kill('SIGTERM');

  const broken = join(folder(), 'broken.tar.gz');
  writeFileSync(broken, 'this is no archive');
  const refused = await run('cli/restore.ts', [broken], env);
  expect(refused.code).toBe(1);
  expect(refused.output).toContain(`${broken} could not be restored`);
  expect(refused.output).not.toContain('    at ');
  expect((await readAll(one.dataDir)).users).toHaveLength(2);

  expect(await run('cli/restore.ts', [file], env)).toMatchObject({ code: 0 });
  const after = await readAll(one.dataDir);
  expect(after.users).toEqual(before.users);
  expect(after.documents).toEqual(before.documents);
  expect(after.epoch).not.toEqual(before.epoch);
  expect(readdirSync(one.dataDir).filter((name) => name.startsWith('database.'))).toHaveLength(1);

  // What a crash in the middle of the exchange leaves: the next start goes on with it.
  renameSync(join(one.dataDir, 'database'), join(one.dataDir, 'database.restored'));
  expect((await readAll(one.dataDir)).users).toEqual(before.users);
});

test('the link of reset-password works once, sets the password and ends every session', async () => {
  const one = await server();
  await signUp(one.url, 'ann');
  const post = (path: string, body: object) =>
    fetch(one.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: one.url },
      body: JSON.stringify(body),
    });
  const signIn = (password: string) =>
    post('/api/sessions', { login: 'ann', password, transport: 'bearer' });
  const { token = '' } = SignInAnswer.parse(await (await signIn('correct horse')).json());
  await one.kill('SIGTERM');
  const made = await run('cli/resetPassword.ts', ['ANN@example.org'], {
    DATA_DIR: one.dataDir,
    PUBLIC_URL: 'https://chat.example.org/',
  });
  const link = /^https:\/\/chat\.example\.org\/reset-password#token=(\S+)$/m.exec(made.output)?.[1];
  await one.start();
  const use = (newPassword: string) =>
    post('/api/password-resets/use', { token: link, newPassword });
  expect((await use('a new password')).status).toBe(204);
  expect((await use('yet another one')).status).toBe(410);
  const me = await fetch(`${one.url}/api/me`, { headers: { authorization: `Bearer ${token}` } });
  expect(me.status).toBe(401);
  expect((await signIn('correct horse')).status).toBe(401);
  expect((await signIn('a new password')).status).toBe(201);
  expect((await run('cli/resetPassword.ts', ['zoe'], { DATA_DIR: folder() })).output).toContain(
    'Nobody here is called zoe',
  );
});
