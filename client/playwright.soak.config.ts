import { defineConfig } from '@playwright/test';
import config from './playwright.config.ts';

/** The big room at its full size. */
export default defineConfig(config, {
  testMatch: 'bigRoom.spec.ts',
  timeout: 600_000,
  metadata: { bigRoom: { messages: 100_000, readBack: 40_000 } },
});
