import { expect, test } from 'vitest';
import { isWithinBounds, parseMarkdown } from './parseMarkdown.ts';

// Bounds hold by rule, before the lexer runs, so that no test depends on how fast a machine is.
test.each([
  ['16 KB of emphasis', '_a*'.repeat(5_461)],
  ['more than 4 KB', 'a'.repeat(4_097)],
  ['501 delimiters', '*'.repeat(501)],
  ['deep quotes', `${'>'.repeat(400)} a`],
  ['deep quotes with spaces', `${'> '.repeat(9)}a`],
  ['deep lists on one line', `${'- '.repeat(9)}a`],
  ['deep numbered lists on one line', `${'1. '.repeat(9)}a`],
  ['a table bomb', `${'|a'.repeat(300)}|\n${'|-'.repeat(300)}|\n${'|b\n'.repeat(300)}`],
  ['open brackets', '['.repeat(2_000)],
])('%s is plain text without being parsed', (_name, text) => {
  expect(isWithinBounds(text)).toBe(false);
  expect(parseMarkdown(text)).toBeUndefined();
});

test('lists that nest by indentation stay within eight levels', () => {
  const nested = (levels: number) =>
    Array.from({ length: levels }, (_, level) => `${'  '.repeat(level)}- ${level}`).join('\n');
  expect(parseMarkdown(nested(3))).toBeDefined();
  expect(parseMarkdown(nested(12))).toBeUndefined();
});

test('an ordinary text of the largest size is parsed', () => {
  const text = 'word '.repeat(800) + '**end**';
  expect(parseMarkdown(text)?.[0]?.type).toBe('paragraph');
});

test('the same text gives the same tokens', () => {
  expect(parseMarkdown('**once**')).toBe(parseMarkdown('**once**'));
});

test('a dash or a number in a sentence is no list marker', () => {
  expect(isWithinBounds('2026-05-18 - 2026-05-24 - 1.5.3-rc.2 ----------')).toBe(true);
});
