import type { Page } from '@playwright/test';

const SIZES = {
  phone: { width: 360, height: 800 },
  tablet: { width: 820, height: 1180 },
  desktop: { width: 1280, height: 800 },
};

/** Shows one state in each size and colour scheme, without a reload, and ends on a desktop by day. */
export async function inEachLook(
  page: Page,
  sizes: readonly (keyof typeof SIZES)[],
  see: (look: string) => Promise<void>,
): Promise<void> {
  for (const size of sizes) {
    await page.setViewportSize(SIZES[size]);
    for (const colorScheme of ['dark', 'light'] as const) {
      // Without motion nothing is seen half-way.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await see(`${size} ${colorScheme}`);
    }
  }
  await page.setViewportSize(SIZES.desktop);
}
