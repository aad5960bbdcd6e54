import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from '@playwright/test';
import { BROWSER_FLAGS, findBrowser } from '../../test/browserPath.ts';

export const PHONE = { width: 360, height: 800 };
export const DESKTOP = { width: 1280, height: 800 };

/** One person's browser profile on disk; the browser itself may be closed, killed and opened again. */
export interface Profile {
  /** The running browser; throws while there is none. */
  context: () => BrowserContext;
  /** Its first page. */
  page: () => Page;
  open: () => Promise<Page>;
  /** From the next page load until the browser is closed, its clock is this far from the right time. */
  shiftClock: (offsetMs: number) => Promise<void>;
  /** Closes it as a person does. */
  close: () => Promise<void>;
  /** SIGKILLs every process of it, as a flat battery does. */
  kill: () => Promise<void>;
  /** Process ids of the browser; with `kind`, only those of that type. */
  processes: (kind?: 'renderer') => number[];
  dispose: () => Promise<void>;
}

/** A name that browsers do not trust without TLS, as of a machine in a local network. */
export const PLAIN_HTTP_HOST = 'chat.test';

export function createProfile(
  options: { phone?: boolean; colorScheme?: 'light' | 'dark'; clockOffsetMs?: number } = {},
): Profile {
  const folder = mkdtempSync(join(tmpdir(), 'skerry-profile-'));
  let context: BrowserContext | undefined;
  const running = () => {
    if (context === undefined) throw new Error('the browser is not open');
    return context;
  };
  const profile: Profile = {
    context: running,
    page: () => {
      const [page] = running().pages();
      if (page === undefined) throw new Error('the browser has no page');
      return page;
    },
    open: async () => {
      context = await chromium.launchPersistentContext(folder, {
        executablePath: await findBrowser(),
        headless: true,
        args: [...BROWSER_FLAGS, `--host-resolver-rules=MAP ${PLAIN_HTTP_HOST} 127.0.0.1`],
        viewport: options.phone === true ? PHONE : DESKTOP,
        hasTouch: options.phone === true,
        colorScheme: options.colorScheme ?? 'light',
        locale: 'en-GB',
        permissions: ['clipboard-read', 'clipboard-write'],
      });
      if (options.clockOffsetMs !== undefined) await profile.shiftClock(options.clockOffsetMs);
      return profile.page();
    },
    shiftClock: async (offsetMs) => {
      await running().addInitScript(shiftDate, offsetMs);
    },
    close: async () => {
      await context?.close();
      context = undefined;
    },
    kill: async () => {
      for (const pid of processesOf(folder)) process.kill(pid, 'SIGKILL');
      await until(() => processesOf(folder).length === 0);
      // The handle is dead; closing it only frees what Playwright holds.
      await context?.close().catch((error: unknown) => error);
      context = undefined;
      // What a killed Chromium leaves behind would make the next start wait for it.
      for (const name of ['SingletonLock', 'SingletonCookie', 'SingletonSocket']) {
        rmSync(join(folder, name), { force: true });
      }
    },
    processes: (kind) => processesOf(folder, kind),
    dispose: async () => {
      await profile.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return profile;
}

/** Runs in the page. Timers go on as they are. */
function shiftDate(offsetMs: number): void {
  const now = Date.now.bind(Date);
  globalThis.Date = new Proxy(Date, {
    construct: (target, given: unknown[], self) =>
      Reflect.construct(target, given.length > 0 ? given : [now() + offsetMs], self) as object,
    get: (target, name, self) =>
      name === 'now' ? () => now() + offsetMs : (Reflect.get(target, name, self) as unknown),
  });
}

/** The browser whose profile lies in `folder`: only its first process names it, the others descend from it. */
function processesOf(folder: string, kind?: string): number[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ pid: Number(pid), parent: parentOf(pid), command: commandOf(pid) }));
  const found = new Set(
    all.filter(({ command }) => command.includes(folder)).map(({ pid }) => pid),
  );
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return all
    .filter(
      ({ pid, command }) =>
        found.has(pid) && (kind === undefined || command.includes(`--type=${kind}`)),
    )
    .map(({ pid }) => pid);
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // gone meanwhile
  }
}

function parentOf(pid: string): number {
  try {
    // Field 4, counted after the command name, which may hold spaces.
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1] ?? 0);
  } catch {
    return 0; // gone meanwhile
  }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('the browser did not end');
    await new Promise((done) => setTimeout(done, 20));
  }
}
