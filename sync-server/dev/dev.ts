// Server and client with hot reload, and people to try it with. Ends both when one ends or on Ctrl+C.
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { seed } from './seed.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const READY_DEADLINE_MS = 60_000;
const port = process.env['PORT'] ?? '8080';
const server = `http://127.0.0.1:${port}`;

const children = [
  spawn(process.execPath, ['--watch', '--watch-preserve-output', 'sync-server/src/main.ts'], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, PORT: port },
  }),
  // Not through npm, which would not pass the signal on.
  spawn('vite', [], {
    cwd: join(ROOT, 'client'),
    stdio: 'inherit',
    env: { ...process.env, SKERRY_SERVER: server },
  }),
];
const end = () => {
  for (const child of children) child.kill('SIGTERM');
};
for (const child of children) child.on('exit', end);
process.on('SIGINT', end);
process.on('SIGTERM', end);

await untilReady(`${server}/readyz`);
await seed(server);

async function untilReady(url: string): Promise<void> {
  const deadline = Date.now() + READY_DEADLINE_MS;
  for (;;) {
    try {
      if ((await fetch(url)).ok) return;
    } catch (cause) {
      if (Date.now() > deadline) throw new Error('the server did not start', { cause });
    }
    await new Promise((done) => setTimeout(done, 200));
  }
}
