// Full-size crash and fuzz runs. Prints one JSON line each; ends with 1 when anything was lost, renumbered or
// let through.
// usage: soak.ts [crash rounds] [mutated updates]
import { crashRounds } from '../test/crash.ts';
import { fuzzGate } from '../test/gateFuzz.ts';
import { createDatabase } from '../test/sqlAccess.ts';
import { startPostgres } from '../test/throwawayPostgres.ts';

const rounds = Number(process.argv[2] ?? 20);
const mutations = Number(process.argv[3] ?? 100_000);
let failed = false;

const fuzzed = fuzzGate(mutations);
process.stdout.write(`${JSON.stringify({ run: 'gate fuzz', ...fuzzed })}\n`);
if (fuzzed.faults.length > 0) failed = true;

const postgres = await startPostgres({ fsync: true });
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
} finally {
  await postgres.stop();
}
process.exit(failed ? 1 : 0);
