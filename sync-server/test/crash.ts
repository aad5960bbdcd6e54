import type { MessageId } from '@skerry/protocol/ids.ts';
import type { OrderEntry } from '@skerry/protocol/page/pageDoc.ts';
import { startServer } from './serverProcess.ts';
import { createRoom, joinRoom, openDevice, signUpStranger, type DevicePage } from './stranger.ts';
import { startTcpProxy, type TcpProxy } from './tcpProxy.ts';
import { untilTrue } from './untilTrue.ts';

const PEOPLE = 5;
const POST_EVERY_MS = 20; // 50 messages a second over all people
/** The kill comes at a random moment of this span, so that it hits every step of a commit sooner or later. */
const LOAD_MS = { shortest: 400, longest: 1_400 };

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

    const result: CrashResult = { rounds: options.rounds, seen: 0, lost: 0, moved: 0, inFlight: 0 };
    for (let round = 0; round < options.rounds; round++) {
      const devices = people.map((person) => openDevice(server.url, person));
      const pages = await Promise.all(devices.map((device) => device.openPage(roomId)));
      const unanswered = await loadAndKill();
      const saw = pages.map((page) => page.order());
      for (const device of devices) device.close();
      wire?.proxy.set('pass');
      await server.start();

      const later = openDevice(server.url, owner);
      const numbers = new Map((await later.openPage(roomId)).order().map(([id, , n]) => [id, n]));
      later.close();
      compare(saw, numbers, unanswered, result);

      async function loadAndKill(): Promise<Set<MessageId>> {
        let sent = 0;
        const timer = setInterval(() => {
          pick(pages, random).post(`round ${round}`);
          sent += 1;
        }, POST_EVERY_MS);
        const span = LOAD_MS.shortest + random() * (LOAD_MS.longest - LOAD_MS.shortest);
        const end = Date.now() + span;
        await untilTrue('the load has run', () => Date.now() > end);
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

function compare(
  saw: OrderEntry[][],
  now: ReadonlyMap<MessageId, number>,
  unanswered: ReadonlySet<MessageId>,
  result: CrashResult,
): void {
  const before = new Map(saw.flat().map(([id, , number]) => [id, number]));
  result.seen += before.size;
  for (const [id, number] of before) {
    const kept = now.get(id);
    if (kept === undefined) result.lost += 1;
    else if (kept !== number) result.moved += 1;
  }
  if ([...unanswered].some((id) => !before.has(id))) result.inFlight += 1;
}

function pick(pages: DevicePage[], random: () => number): DevicePage {
  const page = pages[Math.floor(random() * pages.length)];
  if (page === undefined) throw new Error('no page is open');
  return page;
}
