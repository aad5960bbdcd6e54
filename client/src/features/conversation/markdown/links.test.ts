import { expect, test } from 'vitest';
import { splitLinks } from './links.ts';

test('the punctuation after an address belongs to the sentence', () => {
  expect(splitLinks('See (https://e.org/a), then go.')).toEqual([
    { kind: 'text', text: 'See (' },
    { kind: 'link', text: 'https://e.org/a', href: 'https://e.org/a' },
    { kind: 'text', text: '), then go.' },
  ]);
});

test('a text without an address is one part, and none at all for nothing', () => {
  expect(splitLinks('no link, javascript:alert(1)')).toEqual([
    { kind: 'text', text: 'no link, javascript:alert(1)' },
  ]);
  expect(splitLinks('')).toEqual([]);
});
