import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import {
  any,
  byHand,
  chainOfClaims,
  change,
  deleting,
  manyRanges,
  FRESH,
  inOneUpdate,
  raw,
  say,
  tipOf,
  type Attack,
  type AttackScene,
} from './attackScene.ts';
import { craft, message, newId, set } from './gateRig.ts';

const CONTENT_ANY_OF_A_KEY = 8 | 32;
const ARRAY_TAG = 117;

/** Attacks on how an update is built (G1 to G6). */
export const STRUCT_ATTACKS: Attack[] = [
  ['G1 random bytes', 'malformed', () => Uint8Array.from([1, 2, 3, 250, 17, 200])],
  ['G1 a truncated update', 'malformed', ({ live }) => Y.encodeStateAsUpdate(live).slice(0, 40)],
  [
    'G1 2^40 structs that do not come',
    'malformed',
    () =>
      byHand(2 ** 40, (encoder) => {
        encoding.writeUint8(encoder, 0);
      }),
  ],
  [
    'G1 a root name that claims 2^30 bytes',
    'malformed',
    () =>
      byHand(1, (encoder) => {
        encoding.writeUint8(encoder, CONTENT_ANY_OF_A_KEY);
        encoding.writeVarUint(encoder, 1);
        encoding.writeVarUint(encoder, 2 ** 30);
      }),
  ],
  ['G1 a value nested 100,000 deep', 'malformed', () => deepValue(100_000)],
  [
    'G1 a higher client id behind a lower one',
    'malformed',
    (s) =>
      inOneUpdate(
        say(s, newId(), message(s.attacker, 'x')),
        say(s, newId(), message(s.attacker, 'y'), FRESH + 1),
      ),
  ],
  ['G1 a client id twice', 'malformed', (s) => inOneUpdate(...twoInARow(s))],
  [
    'G1 a client id once more, with nothing',
    'malformed',
    (s) => inOneUpdate(say(s, newId(), message(s.attacker, 'x')), Uint8Array.of(1, 0, FRESH, 1, 0)),
  ],
  ['G1 a delete of nothing, behind the last clock', 'malformed', () => deleting([FRESH, 0, 0])],
  [
    'G4 the next clock of another person',
    'foreign-client',
    (s) => say(s, newId(), message(s.attacker, 'x'), s.clients.theirs),
  ],
  [
    'G4 the next clock of the server',
    'foreign-client',
    (s) => say(s, newId(), message(s.attacker, 'x'), s.clients.server),
  ],
  [
    'G4 an own edit under the id of another person',
    'foreign-client',
    (s) => say(s, s.own, message(s.attacker, 'x'), s.clients.theirs),
  ],
  [
    'G4 an own reaction under the id of the server',
    'foreign-client',
    (s) =>
      change(s, s.clients.server, (doc) =>
        doc.getMap('reactions').set(`${s.own}/${s.attacker}/x`, 1),
      ),
  ],
  [
    'G4 a message behind what another person wrote',
    'foreign-client',
    (s) =>
      craft({
        client: s.clients.theirs,
        items: [
          { key: s.theirs, content: any(s.live.getMap('messages').get(s.theirs)) },
          { key: newId(), content: any(message(s.attacker, 'x')) },
        ],
      }),
  ],
  [
    'G4 a huge claim under a foreign id',
    'foreign-client',
    (s) =>
      craft({
        client: s.clients.theirs,
        clock: 1,
        items: [{ key: newId(), content: new Y.ContentDeleted(2 ** 50) }],
      }),
  ],
  ['G5 a nested map', 'content', () => typed(new Y.Map())],
  ['G5 a nested list', 'content', () => typed(new Y.Array())],
  ['G5 a nested text', 'content', () => typed(new Y.Text())],
  ['G5 nested XML', 'content', () => typed(new Y.XmlElement('script'))],
  ['G5 a text', 'content', () => raw({ key: newId(), content: new Y.ContentString('x') })],
  [
    'G5 a subdocument',
    'content',
    () => raw({ key: newId(), content: new Y.ContentDoc(new Y.Doc()) }),
  ],
  [
    'G5 bytes',
    'content',
    () => raw({ key: newId(), content: new Y.ContentBinary(new Uint8Array(9)) }),
  ],
  [
    'G5 an embed',
    'content',
    ({ attacker }) => raw({ key: newId(), content: new Y.ContentEmbed(message(attacker, 'x')) }),
  ],
  ['G5 a format', 'content', () => raw({ key: newId(), content: new Y.ContentFormat('b', {}) })],
  [
    'G5 the JSON of old Yjs versions',
    'content',
    ({ attacker }) => raw({ key: newId(), content: new Y.ContentJSON([message(attacker, 'x')]) }),
  ],
  [
    'G5 two values in one struct',
    'content',
    ({ attacker }) =>
      raw({ key: newId(), content: any(message(attacker, 'a'), message(attacker, 'b')) }),
  ],
  [
    'G5 a value inside a message',
    'nested',
    (s) => raw({ key: 'text', parent: tipOf(s, s.theirs), content: any('x') }),
  ],
  [
    'G5 a struct that is garbage already',
    'gc',
    () =>
      byHand(1, (encoder) => {
        encoding.writeUint8(encoder, 0);
        encoding.writeVarUint(encoder, 1);
      }),
  ],
  [
    'G5 a right origin',
    'position',
    (s) =>
      raw({ key: s.own, rightOrigin: tipOf(s, s.own), content: any(message(s.attacker, 'x')) }),
  ],
  [
    'G6 a struct that claims 2^50 clocks',
    'struct-length',
    () => raw({ key: newId(), content: new Y.ContentDeleted(2 ** 50) }),
  ],
  [
    'G6 a struct that claims one clock too many',
    'struct-length',
    () => raw({ key: newId(), content: new Y.ContentDeleted(4_097) }),
  ],
  [
    'G6 many structs that claim 4,096 clocks each',
    'too-many',
    () => raw(...chainOfClaims(newId(), 5)),
  ],
  [
    'G6 1,025 keys',
    'too-many',
    (s) =>
      change(s, FRESH, (doc) => {
        for (let i = 0; i < 1_025; i++) set(doc, newId(), message(s.attacker, 'x'));
      }),
  ],
  ['G6 120,000 delete ranges', 'too-many', (s) => manyRanges(s.clients.theirs, 120_000)],
  [
    'G6 1,025 times the same delete range',
    'too-many',
    (s) =>
      deleting(
        ...Array.from({ length: 1_025 }, (): [number, number, number] => [s.clients.theirs, 0, 1]),
      ),
  ],
];

function typed(type: Y.Map<unknown> | Y.Array<unknown> | Y.Text | Y.XmlElement): Uint8Array {
  return raw({ key: newId(), content: new Y.ContentType(type) });
}

function deepValue(depth: number): Uint8Array {
  return byHand(1, (encoder) => {
    encoding.writeUint8(encoder, CONTENT_ANY_OF_A_KEY);
    encoding.writeVarUint(encoder, 1);
    encoding.writeVarString(encoder, 'messages');
    encoding.writeVarString(encoder, newId());
    encoding.writeVarUint(encoder, 1);
    for (let i = 0; i < depth; i++) {
      encoding.writeUint8(encoder, ARRAY_TAG);
      encoding.writeVarUint(encoder, 1);
    }
    encoding.writeAny(encoder, null);
  });
}

/** Two messages under one client id. */
function twoInARow(scene: AttackScene): Uint8Array[] {
  return [0, 1].map((clock) =>
    craft({
      ...{ client: FRESH, clock },
      items: [{ key: newId(), content: any(message(scene.attacker, 'x')) }],
    }),
  );
}
