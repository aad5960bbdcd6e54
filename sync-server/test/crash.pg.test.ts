import { MAX_PAGE_MESSAGES } from '@skerry/protocol/limits.ts';
import { expect, inject, test } from 'vitest';
import { crashRounds } from './crash.ts';
import { createDatabase } from './sqlAccess.ts';
import { startPostgres } from './throwawayPostgres.ts';

// `npm run soak` runs twenty.
const ROUNDS = 3;

test('B6 T9 P3 P5 what anyone saw in order survives SIGKILL with its number, over the pages of the room, also when the COMMIT was never answered', async () => {
  if (inject('databaseSource').kind === 'pglite') {
    await expectNothingLost({});
    return;
  }
  const postgres = await startPostgres({ fsync: true });
  try {
    await expectNothingLost({ databaseUrl: await createDatabase(postgres.url) });
    await expectNothingLost({
      databaseUrl: await createDatabase(postgres.url),
      dropCommitAnswers: true,
    });
  } finally {
    await postgres.stop();
  }
}, 360_000);

async function expectNothingLost(options: { databaseUrl?: string; dropCommitAnswers?: boolean }) {
  const result = await crashRounds({ rounds: ROUNDS, ...options });
  expect(result).toMatchObject({ rounds: ROUNDS, lost: 0, moved: 0, holes: 0, inFlight: ROUNDS });
  expect(result.seen).toBeGreaterThan(MAX_PAGE_MESSAGES);
}
