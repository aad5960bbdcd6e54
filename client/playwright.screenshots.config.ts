import { defineConfig } from '@playwright/test';
import config from './playwright.config.ts';

/** Pictures of every screen in every state, in test-results/screenshots. */
export default defineConfig(config, { testMatch: '*.shots.ts', reporter: 'list' });
