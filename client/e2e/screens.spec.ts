import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@playwright/test';
import { inEachLook } from './rig/looks.ts';
import { TOURS } from './rig/screens.ts';
import { test } from './rig/world.ts';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

for (const { name, walk } of TOURS) {
  test(`nothing bars anybody from ${name}`, async ({ moderatedWorld }) => {
    const found: string[] = [];
    await walk({
      world: moderatedWorld,
      look: (page, state) =>
        inEachLook(page, ['phone', 'desktop'], async (look) => {
          const axe = new AxeBuilder({ page }).withTags(RULES).setLegacyMode();
          const { violations } = await axe.analyze();
          for (const { id, nodes } of violations) {
            found.push(`${state}, ${look}: ${id} ${nodes.map(({ target }) => target).join(' ')}`);
          }
        }),
    });
    expect(found).toEqual([]);
  });
}
