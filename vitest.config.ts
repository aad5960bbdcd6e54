import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { BROWSER_FLAGS, findBrowser } from './client/test/browserPath.ts';

// Suffixes say what a test needs: *.test.ts nothing, *.pg.test.ts a database (the same file runs on both
// kinds), *.browser.test.ts a real browser, *.network.test.ts a server process behind a proxy,
// *.process.test.ts processes that are started, killed and started again.
const databaseTests = 'sync-server/{src,test}/**/*.pg.test.ts';

// Only the browser project needs one; there its launch then fails with this name.
const executablePath = await findBrowser().catch(() => '/no-chromium-or-chrome-found');

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{protocol,push,sync-server,client}/{src,test}/**/*.test.{ts,tsx}'],
          exclude: [
            '**/node_modules/**',
            '**/*.pg.test.ts',
            '**/*.network.test.ts',
            '**/*.process.test.ts',
            '**/*.browser.test.{ts,tsx}',
          ],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'process',
          include: ['sync-server/test/**/*.process.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'network',
          include: ['client/src/**/*.network.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        // Part of `npm run soak`: long stories of chance, in which a fault may show once in a hundred.
        test: {
          name: 'soak',
          include: ['client/src/sync/*.soak.ts'],
          testTimeout: 300_000,
          hookTimeout: 60_000,
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
      {
        test: {
          name: 'browser',
          include: ['client/src/**/*.browser.test.{ts,tsx}'],
          testTimeout: 60_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { executablePath, args: BROWSER_FLAGS } }),
            instances: [{ browser: 'chromium' as const }],
          },
        },
      },
    ],
  },
});
