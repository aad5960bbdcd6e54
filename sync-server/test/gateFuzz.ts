import type { ClientId } from '@skerry/protocol/ids.ts';
import * as Y from 'yjs';
import { ANN, BO, craft, GateRig, message, newId, SERVER_CLIENT, set, write } from './gateRig.ts';

/** What the check lets the gate judge. A seed that has found a fault stays here. */
export const KEPT_SEEDS = [20_261_121];
/** Mutations of one honest update: making it costs ten times as much as judging it. */
const VARIANTS = 8;
/** A fresh page now and then keeps it small: what is accepted stays. */
const ROUNDS_PER_PAGE = 800;
/** Milliseconds: one judgement above this would be felt by everybody on the node. */
const SLOW_MS = 100;
const OWN_CLIENT = 11;
const THEIR_CLIENT = 12;
/** Keeps the client ids of an update's second session apart from those of all first ones. */
const ANOTHER_SESSION = 2 ** 40;

export interface FuzzResult {
  seed: number;
  rounds: number;
  accepted: number;
  /** Accepted updates that changed what others wrote, or left something pending. The first few. */
  faults: string[];
  /** Judgements that took longer than SLOW_MS. */
  slow: number;
}

/** Lets the gate judge honest updates with a few bits and bytes changed; the same ones for the same seed. */
export function fuzzGate(rounds: number, seed: number): FuzzResult {
  const random = randomFrom(seed);
  const result: FuzzResult = { seed, rounds, accepted: 0, faults: [], slow: 0 };
  let rig = newRig();
  let honest: Uint8Array = new Uint8Array();
  for (let round = 0; round < rounds; round++) {
    if (round % ROUNDS_PER_PAGE === 0) rig = newRig();
    if (round % VARIANTS === 0) honest = sentUpdate(rig, round, random);
    const update = mutated(honest, random);
    const startedAt = performance.now();
    const verdict = rig.judge(update, ANN, random() < 0.5 ? 'update' : 'sync-step-2');
    if (performance.now() - startedAt > SLOW_MS) result.slow++;
    if (verdict.kind !== 'accept') continue;
    result.accepted++;
    const fault = faultIn(rig, update);
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
  const theirs = rig.seed(BO, THEIR_CLIENT, 'of Bo');
  return Object.assign(rig, {
    theirs,
    own: [rig.seed(ANN, OWN_CLIENT), rig.seed(ANN, OWN_CLIENT)],
  });
}

/** What an honest device may send, of every kind. */
function sentUpdate(rig: FuzzRig, round: number, random: () => number): Uint8Array {
  const client = 1_000 + round;
  return withForeignDelete(
    random() < 0.2
      ? // Two sessions of one person in one update.
        Y.mergeUpdates([
          honestUpdate(rig, client, random),
          honestUpdate(rig, client + ANOTHER_SESSION, random),
        ])
      : honestUpdate(rig, client, random),
    random,
  );
}

/** A copy with a few bits and bytes changed. */
function mutated(honest: Uint8Array, random: () => number): Uint8Array {
  const update = honest.slice();
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

function honestUpdate(rig: FuzzRig, client: ClientId, random: () => number): Uint8Array {
  const own = () => rig.own[Math.floor(random() * rig.own.length)] ?? newId();
  return write(rig.fork(client), (doc) => {
    if (random() < 0.5) set(doc, newId(), message(ANN, 'new'));
    if (random() < 0.4) {
      // Overwritten values travel merged.
      const id = own();
      const edits = 1 + Math.floor(random() * 3);
      for (let i = 0; i < edits; i++) set(doc, id, message(ANN, `edit ${String(i)}`));
    }
    if (random() < 0.1) set(doc, own(), { by: ANN, at: 1_000, deleted: true });
    if (random() < 0.05) {
      const id = newId();
      set(doc, id, message(ANN, 'typed'));
      set(doc, id, { by: ANN, at: 1_000, deleted: true });
    }
    const reactions = random() < 0.3 ? 1 + Math.floor(random() * 3) : 0;
    for (let i = 0; i < reactions; i++) {
      const emoji = `e${String(Math.floor(random() * 30))}`;
      doc.getMap('reactions').set(`${rig.theirs}/${ANN}/${emoji}`, random() < 0.7 ? 1 : 0);
    }
    set(doc, newId(), message(ANN, 'more'));
  });
}

/** Now and then a delete range that nothing in the update overwrites. */
function withForeignDelete(update: Uint8Array, random: () => number): Uint8Array {
  if (random() >= 0.1) return update;
  const clients = [OWN_CLIENT, THEIR_CLIENT, SERVER_CLIENT, 5];
  const client = clients[Math.floor(random() * clients.length)] ?? OWN_CLIENT;
  const range: [number, number, number] = [
    client,
    Math.floor(random() * 3),
    1 + Math.floor(random() * 3),
  ];
  return Y.mergeUpdates([update, craft({ client, deletes: [range] })]);
}

function faultIn(rig: FuzzRig, update: Uint8Array): string | undefined {
  try {
    return faultOf(rig, update);
  } catch (error) {
    return `cannot be applied: ${String(error)}`;
  }
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
