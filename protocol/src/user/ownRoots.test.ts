import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { readDraft, refuseDraft } from './draft.ts';
import { readPreferences, refusePreference } from './preferences.ts';
import { defineUser } from './userDoc.ts';

test('U4 a preference this version does not know is of a newer client, also `__proto__` and `toString`', () => {
  expect(refusePreference('receipts', false)).toBe(undefined);
  expect(refusePreference('receipts', 'no')).toBe('shape');
  for (const key of ['theme', '__proto__', 'toString'])
    expect(refusePreference(key, true)).toBe('client-too-new');
});

test('U4 receipts are shared until I say otherwise', () => {
  const doc = new Y.Doc();
  defineUser(doc);
  expect(readPreferences(doc)).toEqual({ receipts: true });
  doc.getMap('preferences').set('receipts', false);
  expect(readPreferences(doc)).toEqual({ receipts: false });
});

test('U5 a draft is a text with its time, of at most 16 KB, or null', () => {
  expect(refuseDraft(null)).toBe(undefined);
  expect(refuseDraft({ text: 'so far', at: 1 })).toBe(undefined);
  expect(refuseDraft({ text: 'a\0b', at: 1 })).toBe('shape');
  expect(refuseDraft({ text: 'x', at: 1, more: 1 })).toBe('shape');
  expect(refuseDraft('x')).toBe('shape');
  expect(refuseDraft({ text: 'ä'.repeat(8_193), at: 1 })).toBe('too-large');
  expect(readDraft({ text: 'so far', at: 1 })).toEqual({ text: 'so far', at: 1 });
  expect(readDraft(null)).toBe(undefined);
});
