import { defineConfig } from 'vitest/config';

// Suffixes say what a test needs: *.test.ts nothing, *.pg.test.ts a database (the same file runs on both
// kinds), *.browser.test.ts a real browser.
const databaseTests = 'sync-server/{src,test}/**/*.pg.test.ts';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{protocol,push,sync-server,client}/{src,test}/**/*.test.{ts,tsx}'],
          exclude: ['**/node_modules/**', '**/*.pg.test.ts', '**/*.browser.test.{ts,tsx}'],
          testTimeout: 60_000,
        },
      },
      ...(['pglite', 'postgres'] as const).map((kind) => ({
        test: {
          name: kind,
          include: [databaseTests],
          globalSetup: [`sync-server/test/${kind}.globalSetup.ts`],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      })),
    ],
  },
});
