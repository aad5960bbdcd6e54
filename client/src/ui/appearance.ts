import * as z from 'zod/mini';

const KEY = 'skerry:appearance';
export const TEXT_SIZES = [87, 100, 112, 125, 150] as const;

/** Stored on this device: add, never rename. */
const Appearance = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  /** Percent. */
  textSize: z.int().check(z.minimum(87), z.maximum(150)),
});
export type Appearance = z.infer<typeof Appearance>;

const DEFAULT: Appearance = { theme: 'system', textSize: 100 };

export function readAppearance(): Appearance {
  try {
    return Appearance.safeParse(JSON.parse(localStorage.getItem(KEY) ?? 'null')).data ?? DEFAULT;
  } catch {
    return DEFAULT; // storage is blocked, or the entry is damaged
  }
}

export function saveAppearance(appearance: Appearance): void {
  applyAppearance(appearance);
  try {
    localStorage.setItem(KEY, JSON.stringify(appearance));
  } catch {
    // Storage is blocked: it holds until the reload.
  }
}

export function applyAppearance({ theme, textSize }: Appearance): void {
  const { dataset, style } = document.documentElement;
  if (theme === 'system') delete dataset['theme'];
  else dataset['theme'] = theme;
  style.setProperty('--text-scale', `${textSize}%`);
}
