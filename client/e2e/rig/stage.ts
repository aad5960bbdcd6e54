import type { Page } from '@playwright/test';
import type { ModeratedWorld } from './world.ts';

export interface Stage {
  world: ModeratedWorld;
  /** Called with a name when a state is on screen. */
  look: (page: Page, name: string) => Promise<void>;
}

export interface Tour {
  name: string;
  walk: (stage: Stage) => Promise<void>;
}
