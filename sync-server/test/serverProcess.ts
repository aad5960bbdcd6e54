import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openDatabase } from '../src/platform/database.ts';

const START_DEADLINE_MS = 60_000;
const ROOT = resolve(import.meta.dirname, '../..');

export interface RunningServer {
  url: string;
  port: number;
  dataDir: string;
  /** Ends the process and waits until it is gone. */
  kill: (signal?: 'SIGKILL' | 'SIGTERM') => Promise<void>;
  /** Starts it again on the same port and data. */
  start: () => Promise<void>;
  /** Kills it and deletes its data. */
  dispose: () => Promise<void>;
}

/** The real server in a process of its own, embedded database unless DATABASE_URL is in `env`. */
export async function startServer(env: Record<string, string> = {}): Promise<RunningServer> {
  const port = await freePort();
  const dataDir = mkdtempSync(join(tmpdir(), 'skerry-data-'));
  if (env['DATABASE_URL'] === undefined) {
    cpSync(await emptyDatabase(), dataDir, { recursive: true });
  }
  let child: ChildProcess | undefined;
  const server: RunningServer = {
    url: `http://127.0.0.1:${port}`,
    port,
    dataDir,
    start: async () => {
      child = spawn(process.execPath, ['sync-server/src/main.ts'], {
        cwd: ROOT,
        env: { ...process.env, PORT: String(port), DATA_DIR: dataDir, LOG_LEVEL: 'warn', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      await untilReady(child, `${server.url}/readyz`);
    },
    kill: async (signal = 'SIGKILL') => {
      if (child?.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((done) => child?.once('exit', done));
      child.kill(signal);
      await gone;
    },
    dispose: async () => {
      await server.kill();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

let madeEmptyDatabase: Promise<string> | undefined;

/** A folder with a migrated embedded database: making one takes seconds, a copy does not. */
function emptyDatabase(): Promise<string> {
  madeEmptyDatabase ??= makeEmptyDatabase();
  return madeEmptyDatabase;
}

async function makeEmptyDatabase(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'skerry-empty-'));
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const database = await openDatabase({ dataDir: folder });
  await database.close();
  return folder;
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data: Buffer) => {
      output = (output + data.toString()).slice(-4_000);
    });
  }
  const deadline = Date.now() + START_DEADLINE_MS;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended: ${output}`);
    if (await answers(url)) return;
    if (Date.now() > deadline) throw new Error(`the server was not ready in time: ${output}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false; // not listening yet
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
