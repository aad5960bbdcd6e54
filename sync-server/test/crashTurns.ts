import type { MessageId, RoomId } from '@skerry/protocol/ids.ts';
import type { OrderEntry } from '@skerry/protocol/page/pageDoc.ts';
import { startServer, type RunningServer } from './serverProcess.ts';
import { createRoom, joinRoom, openDevice, signUpStranger, type Stranger } from './stranger.ts';
import { untilTrue } from './untilTrue.ts';

/** Half of them at each process. */
const PEOPLE = 4;
const POST_EVERY_MS = 20; // 50 messages a second over all people
/** The kill comes at a random moment of this span. */
const LOAD_MS = { shortest: 400, longest: 1_400 };

export interface TurnsResult {
  rounds: number;
  /** Messages that somebody saw in `order` before the end of their round. */
  seen: number;
  /** Of these, how many are not there any more. */
  lost: number;
  /** Of these, how many have another arrival number now. */
  moved: number;
  /** Rounds in which a write was under way at the kill: sent to the victim, and not seen by anyone. */
  inFlight: number;
  /** Rounds after which the numbers were not 1, 2, 3 …, each for one message. */
  holes: number;
  /** Rounds after which the two processes showed different lists. */
  differing: number;
}

/**
 * Two server processes on one database, people writing into one room through both: in each round one of them
 * gets SIGKILL under load, in turns, while the other goes on; then it starts again.
 */
export async function crashInTurns(options: {
  rounds: number;
  databaseUrl: string;
  redisUrl?: string | undefined;
  random?: () => number;
}): Promise<TurnsResult> {
  const random = options.random ?? Math.random;
  const { rounds, databaseUrl, redisUrl } = options;
  const env = {
    DATABASE_URL: databaseUrl,
    ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
    SEND_BURST: '1000000',
  };
  const servers = [await startServer(env), await startServer(env)] as const;
  try {
    const people = await Promise.all(
      Array.from({ length: PEOPLE }, (_, i) =>
        signUpStranger(servers[0].url, `turns_${String(i)}`),
      ),
    );
    const [owner, ...others] = people;
    if (owner === undefined) throw new Error('nobody signed up');
    const roomId = await createRoom(servers[0].url, owner, 'turns');
    for (const person of others) await joinRoom(servers[1].url, person, roomId);

    const result: TurnsResult = {
      ...{ rounds, seen: 0, lost: 0, moved: 0, inFlight: 0, holes: 0, differing: 0 },
    };
    const saw = new Map<MessageId, number>();
    for (let round = 0; round < rounds; round++) {
      const victim = round % 2 === 0 ? servers[0] : servers[1];
      const devices = people.map((person, i) => {
        const server = i % 2 === 0 ? servers[0] : servers[1];
        return { server, device: openDevice(server.url, person) };
      });
      const pages = await Promise.all(
        devices.map(async ({ server, device }) => ({
          server,
          page: await device.openPage(roomId),
        })),
      );
      const timer = setInterval(() => {
        pages[Math.floor(random() * pages.length)]?.page.post(`round ${String(round)}`);
      }, POST_EVERY_MS);
      const end = Date.now() + LOAD_MS.shortest + random() * (LOAD_MS.longest - LOAD_MS.shortest);
      await untilTrue('the load has run', () => Date.now() > end);
      const last = pages.flatMap(({ server, page }) =>
        server === victim ? [page.post(`last words of round ${String(round)}`)] : [],
      );
      await victim.kill('SIGKILL');
      const know = () => {
        for (const { page } of pages)
          for (const [id, , number] of page.order()) saw.set(id, number);
      };
      know();
      if (last.some((id) => !saw.has(id))) result.inFlight += 1;
      // The other one goes on meanwhile.
      await victim.start();
      clearInterval(timer);
      know();
      for (const { device } of devices) device.close();
      compare(saw, await readBoth(servers, owner, roomId), result);
    }
    return result;
  } finally {
    for (const server of servers) await server.dispose();
  }
}

async function readBoth(
  servers: readonly RunningServer[],
  person: Stranger,
  roomId: RoomId,
): Promise<OrderEntry[][]> {
  const read = () => Promise.all(servers.map((server) => readWholeOrder(server, person, roomId)));
  let lists = await read();
  // What was under way to the survivor may be stored between the two readings. Lists that never become equal
  // are what the caller counts.
  await untilTrue('the writing has ended', async () => {
    const before = lists.map((list) => list.length);
    lists = await read();
    return lists.every((list, i) => list.length === before[i] && list.length === lists[0]?.length);
  }).catch(() => undefined);
  return lists;
}

async function readWholeOrder(
  server: RunningServer,
  person: Stranger,
  roomId: RoomId,
): Promise<OrderEntry[]> {
  const device = openDevice(server.url, person);
  try {
    return await device.readOrder(roomId);
  } finally {
    device.close();
  }
}

function compare(
  saw: ReadonlyMap<MessageId, number>,
  [one = [], other = []]: readonly OrderEntry[][],
  result: TurnsResult,
): void {
  const kept = new Map(one.map(([id, , number]) => [id, number]));
  result.seen = saw.size;
  for (const [id, number] of saw) {
    if (!kept.has(id)) result.lost += 1;
    else if (kept.get(id) !== number) result.moved += 1;
  }
  const isDense = one.every(([, , number], index) => number === index + 1);
  if (!isDense || kept.size !== one.length) result.holes += 1;
  if (JSON.stringify(one) !== JSON.stringify(other)) result.differing += 1;
}
