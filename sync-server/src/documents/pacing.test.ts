import { UserId } from '@skerry/protocol/ids.ts';
import { expect, test } from 'vitest';
import { Pacing } from './pacing.ts';

const ANN = UserId.parse('01890000-0000-7000-8000-00000000000a');
const BO = UserId.parse('01890000-0000-7000-8000-00000000000b');

test('D6 after the burst a person waits, others do not, and the bucket fills again', () => {
  let now = 1_000;
  const pacing = new Pacing({ burst: 3, perSecond: 10 }, () => now);
  for (let i = 0; i < 3; i++) {
    expect(pacing.delayMs(ANN)).toBe(0);
    pacing.spend(ANN, 1);
  }
  expect(pacing.delayMs(ANN)).toBe(100);
  expect(pacing.delayMs(BO)).toBe(0);
  now += 100;
  expect(pacing.delayMs(ANN)).toBe(0);
  pacing.spend(ANN, 21);
  expect(pacing.delayMs(ANN)).toBe(2_100);
  now += 60_000;
  for (let i = 0; i < 3; i++) pacing.spend(ANN, 1);
  expect(pacing.delayMs(ANN)).toBe(100);
});
