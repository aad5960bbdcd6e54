import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'e2e',
  outputDir: '../test-results/e2e',
  // Each test starts a server, a proxy and browsers of its own.
  workers: 2,
  fullyParallel: true,
  timeout: 120_000,
  use: { screenshot: 'only-on-failure', actionTimeout: 15_000 },
  expect: { timeout: 15_000 },
  forbidOnly: true,
  retries: 0,
  metadata: { bigRoom: { messages: 10_000, readBack: 8_500 } },
  reporter: [['list'], ['json', { outputFile: '../test-results/playwright.json' }]],
});
