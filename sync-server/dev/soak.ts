// Full-size crash runs. Prints one JSON line each; ends with 1 when anything was lost or renumbered.
// usage: soak.ts [rounds]
import { crashRounds } from '../test/crash.ts';
import { createDatabase } from '../test/sqlAccess.ts';
import { startPostgres } from '../test/throwawayPostgres.ts';

const rounds = Number(process.argv[2] ?? 20);
const postgres = await startPostgres({ fsync: true });
let failed = false;
try {
  const runs = [{ database: 'pglite' }, { database: 'postgres', databaseUrl: postgres.url }];
  for (const { database, databaseUrl } of runs) {
    for (const dropCommitAnswers of databaseUrl === undefined ? [false] : [false, true]) {
      const at =
        databaseUrl === undefined ? {} : { databaseUrl: await createDatabase(databaseUrl) };
      const result = await crashRounds({ rounds, dropCommitAnswers, ...at });
      process.stdout.write(`${JSON.stringify({ database, dropCommitAnswers, ...result })}\n`);
      if (result.lost + result.moved > 0) failed = true;
    }
  }
} finally {
  await postgres.stop();
}
process.exit(failed ? 1 : 0);
