import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { freePort } from './serverProcess.ts';
import { untilTrue } from './untilTrue.ts';

export interface ThrowawayRedis {
  url: string;
  /** SIGKILL. */
  kill: () => Promise<void>;
  /** Starts it again on the same port, with nothing in it. */
  start: () => Promise<void>;
  /** All that is published from now on, on any channel, as it is on the wire. */
  listen: () => Promise<{ heard: string[]; close: () => void }>;
  /** Names of all that is stored. */
  keys: () => Promise<string[]>;
  dispose: () => Promise<void>;
}

/** Starts a Redis of its own on loopback that keeps nothing; needs `redis-server` on the PATH. */
export async function startRedis(): Promise<ThrowawayRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'skerry-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${String(port)}`;
  let child: ChildProcess | undefined;
  const redis: ThrowawayRedis = {
    url,
    start: async () => {
      child = spawn(
        'redis-server',
        ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
        { cwd: folder, stdio: 'ignore' },
      );
      let failure: string | undefined;
      child.once('error', ({ message }) => {
        failure = `redis-server was not started (Debian package redis-server): ${message}`;
      });
      child.once('exit', (code) => {
        failure = `redis-server ended with ${String(code)}`;
      });
      await untilTrue('Redis answers', async () => {
        if (failure !== undefined) throw new Error(failure);
        return answers(url);
      });
    },
    kill: async () => {
      if (child?.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((done) => child?.once('exit', done));
      child.kill('SIGKILL');
      await gone;
    },
    listen: async () => {
      const client = await connect(url);
      const heard: string[] = [];
      await client.pSubscribe('*', (message, channel) => heard.push(`${channel} ${message}`));
      return {
        heard,
        close: () => {
          client.destroy();
        },
      };
    },
    keys: async () => {
      const client = await connect(url);
      const keys = await client.keys('*');
      client.destroy();
      return keys;
    },
    dispose: async () => {
      await redis.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await redis.start();
  return redis;
}

async function connect(url: string) {
  const client = createClient({ url, socket: { reconnectStrategy: false } });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function answers(url: string): Promise<boolean> {
  try {
    (await connect(url)).destroy();
    return true;
  } catch {
    return false; // not listening yet
  }
}
