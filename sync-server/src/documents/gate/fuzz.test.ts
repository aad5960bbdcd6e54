import { expect, test } from 'vitest';
import { fuzzGate, KEPT_SEEDS } from '../../../test/gateFuzz.ts';

/** Mutated updates per run of the check; `npm run soak` judges 1,000,000. */
const ROUNDS = 3_000;

test.each(KEPT_SEEDS)(
  'T10 mutated updates (seed %i) never throw, never touch what others wrote, never leave anything pending',
  (seed) => {
    const { accepted, faults } = fuzzGate(ROUNDS, seed);
    expect(faults).toEqual([]);
    // Otherwise the mutations are too coarse to say anything.
    expect(accepted).toBeGreaterThan(ROUNDS / 50);
  },
);
