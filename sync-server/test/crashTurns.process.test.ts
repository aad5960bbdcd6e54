import { afterAll, beforeAll, expect, test } from 'vitest';
import { crashInTurns } from './crashTurns.ts';
import { createDatabase } from './sqlAccess.ts';
import { startPostgres, type ThrowawayPostgres } from './throwawayPostgres.ts';
import { startRedis, type ThrowawayRedis } from './throwawayRedis.ts';

// `npm run soak` runs more.
const ROUNDS = 3;

let postgres: ThrowawayPostgres;
let redis: ThrowawayRedis;
beforeAll(async () => {
  postgres = await startPostgres({ fsync: true });
  redis = await startRedis();
});
afterAll(async () => {
  await postgres.stop();
  await redis.dispose();
});

test.each(['redis', 'database'] as const)(
  'B6 T11 two processes that talk through the %s take turns at SIGKILL: nothing is lost or renumbered',
  async (kind) => {
    const result = await crashInTurns({
      rounds: ROUNDS,
      databaseUrl: await createDatabase(postgres.url),
      redisUrl: kind === 'redis' ? redis.url : undefined,
    });
    expect(result).toMatchObject({
      ...{ rounds: ROUNDS, lost: 0, moved: 0, inFlight: ROUNDS, holes: 0, differing: 0 },
    });
    expect(result.seen).toBeGreaterThan(ROUNDS * 10);
  },
);
