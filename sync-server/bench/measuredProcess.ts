import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { freePort } from '../test/serverProcess.ts';
import { untilTrue } from '../test/untilTrue.ts';
import { cpuMsOf } from './cpuTime.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 20_000;
const MEMORY_DEADLINE_MS = 30_000;

/** After a garbage collection. */
export interface Memory {
  /** Heap and what hangs on it outside, such as buffers. */
  usedBytes: number;
  residentBytes: number;
}

/** A Node server in a process of its own, the same way for every system. */
export interface MeasuredProcess {
  readonly url: string;
  cpuMs: () => number;
  memory: () => Promise<Memory>;
  /** Asks it to end, and starts it again on the same port. */
  restart: () => Promise<void>;
  stop: () => Promise<void>;
}

interface Start {
  /** From the checkout's root. */
  script: string;
  environment: (port: number) => Record<string, string>;
  profileFolder: string | undefined;
}

const running = new Set<ChildProcess>();

/** For a run that fails. */
export function killMeasuredProcesses(): void {
  for (const child of running) child.kill('SIGKILL');
}

export async function startMeasuredProcess(start: Start): Promise<MeasuredProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child = await launch(start, port, url);
  return {
    url,
    cpuMs: () => cpuMsOf(child.pid ?? 0),
    memory: () => askMemory(child),
    restart: async () => {
      await end(child);
      child = await launch(start, port, url);
    },
    stop: () => end(child),
  };
}

async function launch(start: Start, port: number, url: string): Promise<ChildProcess> {
  const profile =
    start.profileFolder === undefined
      ? []
      : ['--cpu-prof', `--cpu-prof-dir=${resolve(start.profileFolder)}`];
  const probe = resolve(import.meta.dirname, 'servers/memoryProbe.ts');
  const flags = ['--expose-gc', '--import', probe, ...profile];
  const child = spawn(process.execPath, [...flags, start.script], {
    cwd: ROOT,
    env: { ...process.env, ...start.environment(port) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  await untilTrue(
    `${start.script} is ready`,
    async () => {
      if (child.exitCode !== null) throw new Error(`${start.script} ended`);
      const answer = await fetch(`${url}/readyz`).catch(() => undefined);
      return answer?.ok ?? false;
    },
    START_DEADLINE_MS,
  );
  return child;
}

async function askMemory(child: ChildProcess): Promise<Memory> {
  child.send('memory');
  const [answer] = (await once(child, 'message', {
    signal: AbortSignal.timeout(MEMORY_DEADLINE_MS),
  })) as [Memory];
  return answer;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
  await gone;
  clearTimeout(timer);
}
