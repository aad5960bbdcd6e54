import type { en } from './en.ts';
import { app } from './en/app.ts';
import { composer } from './en/composer.ts';
import { conversation } from './en/conversation.ts';
import { rooms } from './en/rooms.ts';

/**
 * The message catalogue. A text is a string with `{name}` places, or one string per plural form
 * (Intl.PluralRules) chosen by `count`.
 */
export type Catalogue = Record<TextKey, string | Partial<Record<Intl.LDMLPluralRule, string>>>;
export type TextKey = keyof typeof en;
export type TextValues = Record<string, string | number>;

/** What a signed-in person sees first; screens that are loaded later bring their own. */
const catalogue: Partial<Catalogue> = { ...app, ...composer, ...conversation, ...rooms };
/** BCP 47 tag of the catalogue. */
const language = 'en';

export function currentLanguage(): string {
  return language;
}

/** Adds the texts of a screen that is loaded later. */
export function addTexts(texts: Partial<Catalogue>): void {
  Object.assign(catalogue, texts);
}

/** The text of a key with its places filled in; numbers are written as the language writes them. */
export function t(key: TextKey, values: TextValues = {}): string {
  // A key whose texts were not brought along is better than no screen at all.
  const entry = catalogue[key] ?? key;
  const pattern =
    typeof entry === 'string' ? entry : pluralForm(entry, Number(values['count'] ?? 0));
  return pattern.replaceAll(/\{(\w+)\}/g, (place, name: string) => {
    const value = values[name];
    if (value === undefined) return place;
    return typeof value === 'number' ? new Intl.NumberFormat(language).format(value) : value;
  });
}

function pluralForm(forms: Partial<Record<Intl.LDMLPluralRule, string>>, count: number): string {
  return forms[new Intl.PluralRules(language).select(count)] ?? forms.other ?? '';
}
