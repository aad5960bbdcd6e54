import * as Y from 'yjs';
import { expect, test } from 'vitest';
import { ANN, BO, GateRig, message, newId, set, write } from '../../../test/gateRig.ts';

/** Mutated updates per run of the check. */
const ROUNDS = 3_000;
const SEED = 20_261_121;

test('T10 mutated updates never throw, never touch what others wrote, never leave anything pending', () => {
  const random = randomFrom(SEED);
  const rig = new GateRig();
  const theirs = rig.seed(BO, 12, 'of Bo');
  const own = [rig.seed(ANN, 11), rig.seed(ANN, 11)];
  const bos = JSON.stringify(rig.live.getMap('messages').get(theirs));
  let accepted = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const fork = rig.fork(1_000 + round);
    const update = write(fork, (doc) => {
      if (random() < 0.5) set(doc, newId(), message(ANN, 'new'));
      const id = own[Math.floor(random() * own.length)];
      if (id !== undefined && random() < 0.5) set(doc, id, message(ANN, String(round)));
      if (random() < 0.3) doc.getMap('reactions').set(`${theirs}/${ANN}/e${String(round % 30)}`, 1);
      set(doc, newId(), message(ANN, 'more'));
    });
    mutate(update, random);
    const verdict = rig.judge(update, ANN, random() < 0.5 ? 'update' : 'sync-step-2');
    if (verdict.kind !== 'accept') continue;
    accepted++;
    // A fresh copy for most rounds keeps the page small.
    const copy = new Y.Doc();
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(rig.live));
    Y.applyUpdate(copy, update);
    expect(copy.store.pendingStructs).toBeNull();
    expect(copy.store.pendingDs).toBeNull();
    expect(JSON.stringify(copy.getMap('messages').get(theirs))).toBe(bos);
    expect(copy.getArray('order').length).toBe(0);
    expect(copy.getMap('redactions').size + copy.getMap('people').size).toBe(0);
    for (const value of Object.values(copy.getMap('messages').toJSON()))
      expect([ANN, BO]).toContain((value as { by: string }).by);
    if (accepted % 20 === 0) rig.take(update);
  }
  // Otherwise the mutations are too coarse to say anything.
  expect(accepted).toBeGreaterThan(ROUNDS / 50);
});

function mutate(update: Uint8Array, random: () => number): void {
  const flips = Math.floor(random() * 4);
  for (let i = 0; i < flips; i++) {
    const at = Math.floor(random() * update.length);
    update[at] =
      random() < 0.5
        ? Math.floor(random() * 256)
        : (update[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  }
}

/** Mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
