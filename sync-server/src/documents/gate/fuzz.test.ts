import { expect, test } from 'vitest';
import { fuzzGate } from '../../../test/gateFuzz.ts';

/** Mutated updates per run of the check; `npm run soak` judges 100,000. */
const ROUNDS = 3_000;

test('T10 mutated updates never throw, never touch what others wrote, never leave anything pending', () => {
  const { accepted, faults } = fuzzGate(ROUNDS);
  expect(faults).toEqual([]);
  // Otherwise the mutations are too coarse to say anything.
  expect(accepted).toBeGreaterThan(ROUNDS / 50);
});
