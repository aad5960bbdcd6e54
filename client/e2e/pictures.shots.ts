import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inEachLook } from './rig/looks.ts';
import { TOURS } from './rig/screens.ts';
import { test } from './rig/world.ts';

const FOLDER =
  process.env['SCREENSHOTS_DIR'] ?? join(import.meta.dirname, '../../test-results/screenshots');

for (const { name, walk } of TOURS) {
  test(name, async ({ moderatedWorld }) => {
    mkdirSync(FOLDER, { recursive: true });
    await walk({
      world: moderatedWorld,
      look: (page, state) =>
        inEachLook(page, ['phone', 'tablet', 'desktop'], async (look) => {
          await page.screenshot({ path: join(FOLDER, `${state} - ${look}.png`) });
        }),
    });
  });
}
