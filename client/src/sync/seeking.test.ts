import type { MessageId } from '@skerry/protocol/ids.ts';
import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { mayBeOlder, writtenAt } from './seeking.ts';

const NOON = Date.UTC(2026, 4, 18, 12);
const HOUR_MS = 60 * 60_000;

test('a message id tells when it was written', () => {
  expect(writtenAt(v7({ msecs: NOON }) as MessageId)).toBe(NOON);
});

test('B5 a message may be before what arrived after it was written, give or take a wrong clock', () => {
  const id = v7({ msecs: NOON }) as MessageId;
  expect(mayBeOlder(id, NOON + HOUR_MS)).toBe(true);
  expect(mayBeOlder(id, NOON - 5 * HOUR_MS)).toBe(true);
  expect(mayBeOlder(id, NOON - 25 * HOUR_MS)).toBe(false);
  expect(mayBeOlder(id, undefined)).toBe(true);
});
