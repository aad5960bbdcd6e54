// Full-size crash and fuzz runs. Prints one JSON line each; ends with 1 when anything was lost, renumbered or
// let through.
// usage: soak.ts [crash rounds] [mutated updates] [crash rounds of two processes] [messages on a flapping line]
//   [seed of the mutations]
// A seed that finds a fault belongs into KEPT_SEEDS of test/gateFuzz.ts.
import { PGlite } from '@electric-sql/pglite';
import { embeddedDatabase, migrateToLatest } from '../src/platform/database.ts';
import { crashRounds } from '../test/crash.ts';
import { crashInTurns } from '../test/crashTurns.ts';
import { flap } from '../test/flapping.ts';
import { fuzzGate } from '../test/gateFuzz.ts';
import { startHarness } from '../test/harness.ts';
import { createDatabase } from '../test/sqlAccess.ts';
import { startPostgres } from '../test/throwawayPostgres.ts';
import { startRedis } from '../test/throwawayRedis.ts';

const rounds = Number(process.argv[2] ?? 20);
const mutations = Number(process.argv[3] ?? 1_000_000);
// Once with Redis and once without.
const turns = Number(process.argv[4] ?? 100);
const flapping = Number(process.argv[5] ?? 10_000);
const seed = Number(process.argv[6] ?? Date.now() % 2 ** 31);
let failed = false;

const fuzzed = fuzzGate(mutations, seed);
process.stdout.write(`${JSON.stringify({ run: 'gate fuzz', ...fuzzed })}\n`);
if (fuzzed.faults.length > 0) failed = true;

const lite = embeddedDatabase(await PGlite.create());
await migrateToLatest(lite.kysely);
const harness = await startHarness({ database: lite });
const flapped = await flap(harness, flapping);
await harness.stop();
process.stdout.write(`${JSON.stringify({ run: 'flapping line', ...flapped })}\n`);
const refusals = Object.keys(flapped.refused).filter((code) => code !== 'page-closed');
if (flapped.lost + flapped.doubled + refusals.length > 0) failed = true;

const postgres = await startPostgres({ fsync: true });
const redis = await startRedis();
try {
  const runs = [{ database: 'pglite' }, { database: 'postgres', databaseUrl: postgres.url }];
  for (const { database, databaseUrl } of runs) {
    for (const dropCommitAnswers of databaseUrl === undefined ? [false] : [false, true]) {
      const at =
        databaseUrl === undefined ? {} : { databaseUrl: await createDatabase(databaseUrl) };
      const result = await crashRounds({ rounds, dropCommitAnswers, ...at });
      process.stdout.write(
        `${JSON.stringify({ run: 'crash', database, dropCommitAnswers, ...result })}\n`,
      );
      if (result.lost + result.moved + result.holes > 0) failed = true;
    }
  }
  for (const redisUrl of [redis.url, undefined]) {
    const databaseUrl = await createDatabase(postgres.url);
    const result = await crashInTurns({ rounds: turns, databaseUrl, redisUrl });
    const run = { run: 'crash in turns', redis: redisUrl !== undefined, ...result };
    process.stdout.write(`${JSON.stringify(run)}\n`);
    if (result.lost + result.moved + result.holes + result.differing > 0) failed = true;
  }
} finally {
  await redis.dispose();
  await postgres.stop();
}
process.exit(failed ? 1 : 0);
