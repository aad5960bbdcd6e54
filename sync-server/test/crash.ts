import type { MessageId } from '@skerry/protocol/ids.ts';
import { MAX_PAGE_MESSAGES } from '@skerry/protocol/limits.ts';
import { orderOf, type OrderEntry } from '@skerry/protocol/page/pageDoc.ts';
import type { DevicePage } from './headPage.ts';
import { startServer } from './serverProcess.ts';
import { createRoom, joinRoom, openDevice, signUpStranger } from './stranger.ts';
import { startTcpProxy, type TcpProxy } from './tcpProxy.ts';
import { untilTrue } from './untilTrue.ts';

const PEOPLE = 5;
const POST_EVERY_MS = 20; // 50 messages a second over all people
/** The kill comes at a random moment of this span, so that it hits every step of a commit sooner or later. */
const LOAD_MS = { shortest: 400, longest: 1_400 };
/** Messages that are left in the page when the load starts, at most: it closes under load. */
const MAX_LEFT = 25;

export interface CrashResult {
  rounds: number;
  /** Messages that somebody saw in `order` before a kill. */
  seen: number;
  /** Of these, how many the restarted server does not have. */
  lost: number;
  /** Of these, how many have another arrival number now. */
  moved: number;
  /** Rounds in which a write was under way at the kill: sent, and not seen by anyone. */
  inFlight: number;
  /** Rounds after which the numbers over all pages were not 1, 2, 3 …, each for one message. */
  holes: number;
}

/**
 * SIGKILLs a server under load again and again and throws the devices away: only what the server kept
 * counts. With `databaseUrl` on PostgreSQL; with `dropCommitAnswers` each kill follows a moment in which the
 * database's answers no longer reach the server, so that commits succeed and nobody hears of it.
 */
export async function crashRounds(options: {
  rounds: number;
  databaseUrl?: string;
  dropCommitAnswers?: boolean;
  random?: () => number;
}): Promise<CrashResult> {
  const random = options.random ?? Math.random;
  const wire = await databaseWire(options.databaseUrl);
  const server = await startServer({
    ...(wire === undefined ? {} : { DATABASE_URL: wire.url }),
    SEND_BURST: '1000000',
  });
  try {
    const people = await Promise.all(
      Array.from({ length: PEOPLE }, (_, i) => signUpStranger(server.url, `crash_${i}`)),
    );
    const [owner, ...others] = people;
    if (owner === undefined) throw new Error('nobody signed up');
    const roomId = await createRoom(server.url, owner, 'crash');
    for (const person of others) await joinRoom(server.url, person, roomId);

    const result: CrashResult = {
      ...{ rounds: options.rounds, seen: 0, lost: 0, moved: 0, inFlight: 0, holes: 0 },
    };
    const before = new Map<MessageId, number>();
    for (let round = 0; round < options.rounds; round++) {
      const devices = people.map((person) => openDevice(server.url, person));
      const pages = await Promise.all(devices.map((device) => device.openPage(roomId)));
      await fillPage(pages, Math.ceil(random() * MAX_LEFT));
      const unanswered = await loadAndKill();
      for (const [id, , number] of pages.flatMap((page) => page.order())) before.set(id, number);
      for (const device of devices) device.close();
      wire?.proxy.set('pass');
      await server.start();

      const later = openDevice(server.url, owner);
      const now = await later.readOrder(roomId);
      later.close();
      compare(before, now, result);
      if ([...unanswered].some((id) => !before.has(id))) result.inFlight += 1;

      async function loadAndKill(): Promise<Set<MessageId>> {
        let sent = 0;
        const timer = setInterval(() => {
          pick(pages, random).post(`round ${round}`);
          sent += 1;
        }, POST_EVERY_MS);
        const span = LOAD_MS.shortest + random() * (LOAD_MS.longest - LOAD_MS.shortest);
        const end = Date.now() + span;
        // Every other round is killed whenever it may be, also while a page closes.
        const { doc } = first(pages);
        const mayEnd = () => round % 2 === 1 || first(pages).doc !== doc;
        await untilTrue('the load has run', () => Date.now() > end && mayEnd());
        if (options.dropCommitAnswers === true && wire !== undefined) {
          wire.proxy.set('drop-answers');
          const before = sent;
          await untilTrue('posts reached a database that does not answer', () => sent > before + 5);
        }
        clearInterval(timer);
        // These are on the wire, unanswered, at the moment of the kill.
        const last = pages.map((page) => page.post(`last words of round ${round}`));
        await server.kill('SIGKILL');
        return new Set(last);
      }
    }
    return result;
  } finally {
    await server.dispose();
    await wire?.proxy.close();
  }
}

async function databaseWire(
  url: string | undefined,
): Promise<{ url: string; proxy: TcpProxy } | undefined> {
  if (url === undefined) return undefined;
  const through = new URL(url);
  const proxy = await startTcpProxy(Number(through.port));
  through.port = String(proxy.port);
  return { url: through.href, proxy };
}

/** Leaves room for so many messages. */
async function fillPage(pages: readonly DevicePage[], left: number): Promise<void> {
  const page = first(pages);
  const count = MAX_PAGE_MESSAGES - orderOf(page.doc).length - left;
  const ids = page.postMany(Array.from({ length: Math.max(0, count) }, () => 'filling'));
  await untilTrue('the page is almost full', () => {
    const stored = new Set(page.order().map(([id]) => id));
    return ids.every((id) => stored.has(id));
  });
}

function compare(
  before: ReadonlyMap<MessageId, number>,
  now: readonly OrderEntry[],
  result: CrashResult,
): void {
  const kept = new Map(now.map(([id, , number]) => [id, number]));
  result.seen = before.size;
  for (const [id, number] of before) {
    if (!kept.has(id)) result.lost += 1;
    else if (kept.get(id) !== number) result.moved += 1;
  }
  const isDense = now.every(([, , number], index) => number === index + 1);
  if (!isDense || kept.size !== now.length) result.holes += 1;
}

function first(pages: readonly DevicePage[]): DevicePage {
  return pick(pages, () => 0);
}

function pick(pages: readonly DevicePage[], random: () => number): DevicePage {
  const page = pages[Math.floor(random() * pages.length)];
  if (page === undefined) throw new Error('no page is open');
  return page;
}
