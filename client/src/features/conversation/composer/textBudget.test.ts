import { MAX_TEXT_BYTES } from '@skerry/protocol/limits.ts';
import { expect, test } from 'vitest';
import { bytesLeft, isSendable } from './textBudget.ts';

test('what is left is counted in UTF-8 bytes and shown near the limit only', () => {
  expect(bytesLeft('hello')).toBeUndefined();
  expect(bytesLeft('a'.repeat(MAX_TEXT_BYTES - 1_024))).toBeUndefined();
  expect(bytesLeft('a'.repeat(MAX_TEXT_BYTES - 1_023))).toBe(1_023);
  expect(bytesLeft('é'.repeat(MAX_TEXT_BYTES / 2))).toBe(0);
  expect(bytesLeft('🪨'.repeat(MAX_TEXT_BYTES / 4) + 'a')).toBe(-1);
});

test('nothing, blanks and too much are not sent', () => {
  expect(isSendable('')).toBe(false);
  expect(isSendable(' \n ')).toBe(false);
  expect(isSendable('a'.repeat(MAX_TEXT_BYTES))).toBe(true);
  expect(isSendable('a'.repeat(MAX_TEXT_BYTES + 1))).toBe(false);
  expect(isSendable(`${'a'.repeat(MAX_TEXT_BYTES)}\n`)).toBe(true);
});
