import * as Y from 'yjs';
import { ANN, BO, GateRig, message, newId, set, write } from './gateRig.ts';

const SEED = 20_261_121;
/** Milliseconds: one judgement above this would be felt by everybody on the node. */
const SLOW_MS = 100;

export interface FuzzResult {
  rounds: number;
  accepted: number;
  /** Accepted updates that changed what others wrote, or left something pending. The first few. */
  faults: string[];
  /** Judgements that took longer than SLOW_MS. */
  slow: number;
}

/** Lets the gate judge honest updates with a few bits and bytes changed; the same ones for the same seed. */
export function fuzzGate(rounds: number, seed = SEED): FuzzResult {
  const random = randomFrom(seed);
  const result: FuzzResult = { rounds, accepted: 0, faults: [], slow: 0 };
  let rig = newRig();
  for (let round = 0; round < rounds; round++) {
    // A fresh page now and then keeps it small: what is accepted stays.
    if (round % 3_000 === 2_999) rig = newRig();
    const update = mutatedUpdate(rig, round, random);
    const startedAt = performance.now();
    const verdict = rig.judge(update, ANN, random() < 0.5 ? 'update' : 'sync-step-2');
    if (performance.now() - startedAt > SLOW_MS) result.slow++;
    if (verdict.kind !== 'accept') continue;
    result.accepted++;
    const fault = faultOf(rig, update);
    if (fault !== undefined && result.faults.length < 10)
      result.faults.push(`round ${String(round)}: ${fault}`);
    if (result.accepted % 20 === 0) rig.take(update);
  }
  return result;
}

interface FuzzRig extends GateRig {
  own: string[];
  theirs: string;
}

function newRig(): FuzzRig {
  const rig = new GateRig();
  const theirs = rig.seed(BO, 12, 'of Bo');
  return Object.assign(rig, { theirs, own: [rig.seed(ANN, 11), rig.seed(ANN, 11)] });
}

function mutatedUpdate(rig: FuzzRig, round: number, random: () => number): Uint8Array {
  const update = write(rig.fork(1_000 + round), (doc) => {
    if (random() < 0.5) set(doc, newId(), message(ANN, 'new'));
    const id = rig.own[Math.floor(random() * rig.own.length)];
    if (id !== undefined && random() < 0.5) set(doc, id, message(ANN, String(round)));
    if (random() < 0.3)
      doc.getMap('reactions').set(`${rig.theirs}/${ANN}/e${String(round % 30)}`, 1);
    set(doc, newId(), message(ANN, 'more'));
  });
  const flips = Math.floor(random() * 4);
  for (let i = 0; i < flips; i++) {
    const at = Math.floor(random() * update.length);
    update[at] =
      random() < 0.5
        ? Math.floor(random() * 256)
        : (update[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  }
  return update;
}

function faultOf(rig: FuzzRig, update: Uint8Array): string | undefined {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(rig.live));
  Y.applyUpdate(copy, update);
  const messages = copy.getMap('messages');
  if (copy.store.pendingStructs !== null || copy.store.pendingDs !== null) return 'pending';
  const theirs = JSON.stringify(rig.live.getMap('messages').get(rig.theirs));
  if (JSON.stringify(messages.get(rig.theirs)) !== theirs) return "another person's message";
  const written = copy.getArray('order').length;
  if (written + copy.getMap('redactions').size + copy.getMap('people').size > 0)
    return 'what only the server writes';
  const authors = Object.values(messages.toJSON()).map((value) => (value as { by: string }).by);
  return authors.every((by) => by === ANN || by === BO) ? undefined : 'another author';
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
