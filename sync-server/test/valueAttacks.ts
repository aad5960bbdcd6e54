import * as Y from 'yjs';
import {
  any,
  change,
  deleting,
  FRESH,
  lastOfOrder,
  raw,
  say,
  tipOf,
  type Attack,
  type AttackScene,
} from './attackScene.ts';
import { craft, message, newId } from './gateRig.ts';

/** Attacks on what an update says, to whom it belongs, and what it deletes (G9 to G16). */
export const VALUE_ATTACKS: Attack[] = [
  ['G9 an unknown root', 'root', (s) => raw({ root: 'admins', key: s.attacker, content: any(1) })],
  [
    'G9 a root called __proto__',
    'root',
    () => raw({ root: '__proto__', key: 'x', content: any(1) }),
  ],
  [
    'G9 the name of the room',
    'root',
    (s) => change(s, FRESH, (doc) => doc.getMap('meta').set('name', 'mine')),
  ],
  [
    'G9 a place in the order',
    'root',
    (s) =>
      change(s, FRESH, (doc) => {
        doc.getArray('order').push([[newId(), 1, 3]]);
      }),
  ],
  [
    'G9 a place in the order, without its name',
    'root',
    (s) => raw({ origin: lastOfOrder(s), content: any([newId(), 1, 3]) }),
  ],
  [
    'G9 a redaction',
    'root',
    (s) =>
      change(s, FRESH, (doc) => doc.getMap('redactions').set(s.theirs, { by: s.attacker, at: 1 })),
  ],
  [
    'G9 a receipt',
    'root',
    (s) => change(s, FRESH, (doc) => doc.getMap('receipts').set(s.victim, 9)),
  ],
  [
    'G9 a name in people',
    'root',
    (s) => change(s, FRESH, (doc) => doc.getMap('people').set(s.victim, ['Mallory', '1'])),
  ],
  ['G9 a list item in messages', 'root', (s) => raw({ content: any(message(s.attacker, 'x')) })],
  ['G10 a key every object has', 'key', (s) => say(s, 'constructor', message(s.attacker, 'x'))],
  ['G10 a key called __proto__', 'key', (s) => say(s, '__proto__', message(s.attacker, 'x'))],
  ['G10 an empty key', 'key', (s) => raw({ key: '', content: any(message(s.attacker, 'x')) })],
  ['G10 an id in capitals', 'key', (s) => say(s, newId().toUpperCase(), message(s.attacker, 'x'))],
  [
    'G10 an id of another version',
    'key',
    (s) => say(s, newId().replace(/^(.{14})7/, '$14'), message(s.attacker, 'x')),
  ],
  ['G10 an id and more', 'key', (s) => say(s, `${newId()}\0x`, message(s.attacker, 'x'))],
  ['G11 a message in another name', 'author', (s) => say(s, newId(), message(s.victim, 'x'))],
  [
    "G11 another person's message in an own name",
    'author',
    (s) => say(s, s.theirs, message(s.attacker, 'x')),
  ],
  [
    "G11 another person's message edited",
    'author',
    (s) => say(s, s.theirs, message(s.victim, 'x')),
  ],
  [
    "G11 another person's message taken over in two steps",
    'author',
    (s) =>
      raw(
        { key: s.theirs, origin: tipOf(s, s.theirs), content: new Y.ContentDeleted(1) },
        { key: s.theirs, origin: Y.createID(FRESH, 0), content: any(message(s.attacker, 'x')) },
      ),
  ],
  [
    "G11 another person's message as a second first value",
    'author',
    (s) => raw({ key: s.theirs, content: any(message(s.attacker, 'x')) }),
  ],
  [
    "G11 another person's message as a tombstone",
    'author',
    (s) => say(s, s.theirs, { by: s.victim, at: 1_000, deleted: true }),
  ],
  [
    "G11 another person's message as an overwritten value",
    'author',
    (s) => raw({ key: s.theirs, origin: tipOf(s, s.theirs), content: new Y.ContentDeleted(1) }),
  ],
  [
    'G11 an own message given to another person',
    'author',
    (s) => say(s, s.own, { ...ownOf(s), by: s.victim }),
  ],
  [
    'G11 an own message given away in the second of two values',
    'author',
    (s) =>
      change(s, FRESH, (doc) => {
        doc.getMap('messages').set(s.own, { ...ownOf(s), text: 'mine' });
        doc.getMap('messages').set(s.own, { ...ownOf(s), by: s.victim });
      }),
  ],
  [
    'G11 an own tombstone in another name',
    'author',
    (s) => say(s, s.own, { by: s.victim, at: ownOf(s).at, deleted: true }),
  ],
  ['G11 another time of writing', 'author', (s) => say(s, s.own, { ...ownOf(s), at: 5 })],
  [
    'G11 a reply made of a message',
    'author',
    (s) =>
      say(s, s.own, { ...ownOf(s), replyTo: { id: s.theirs, by: s.victim, quote: 'I agree' } }),
  ],
  [
    'G11 a message moved into a thread',
    'author',
    (s) => say(s, s.own, { ...ownOf(s), thread: s.theirs }),
  ],
  [
    'G11 a file put into a message afterwards',
    'author',
    (s) => say(s, s.own, { ...ownOf(s), files: [newId()] }),
  ],
  ['G15 a reaction in another name', 'author', (s) => react(s, `${s.own}/${s.victim}/x`, 1)],
  [
    'G15 a reaction of another person undone',
    'author',
    (s) => react(s, `${s.own}/${s.victim}/x`, 0),
  ],
  ['G15 a reaction key with four parts', 'key', (s) => react(s, `${s.own}/${s.attacker}/x/y`, 1)],
  ['G15 a reaction key with two parts', 'key', (s) => react(s, `${s.own}/${s.attacker}`, 1)],
  ['G15 a reaction to what is no message', 'key', (s) => react(s, `all/${s.attacker}/x`, 1)],
  [
    "G16 a bare delete of another person's message",
    'delete',
    (s) => deleting([s.clients.theirs, 0, 1]),
  ],
  ['G16 a delete of the order', 'delete', (s) => deleting([s.clients.server, 0, 1])],
  [
    "G16 T6 a delete of another person's next message",
    'delete-ahead',
    (s) => deleting([s.clients.theirs, 1, 1]),
  ],
  [
    'G16 T6 a delete of what the server writes next',
    'delete-ahead',
    (s) => deleting([s.clients.server, Y.getState(s.live.store, s.clients.server), 5]),
  ],
  ['G16 T6 a delete of ids nobody has used', 'delete-ahead', () => deleting([999, 0, 2 ** 50])],
  [
    'G16 a delete that begins with what is there and goes on',
    'delete-ahead',
    (s) => deleting([s.clients.theirs, 0, 1_000]),
  ],
  [
    'G16 a delete hidden behind an honest message',
    'delete',
    (s) =>
      Y.mergeUpdates([
        say(s, newId(), message(s.attacker, 'x')),
        deleting([s.clients.theirs, 0, 1]),
      ]),
  ],
  [
    'G16 a delete hidden among those of an honest edit',
    'delete',
    (s) =>
      craft({
        client: FRESH,
        items: [
          { key: s.own, origin: tipOf(s, s.own), content: any({ ...ownOf(s), text: 'edited' }) },
        ],
        deletes: [
          [s.clients.own, 0, 1],
          [s.clients.theirs, 0, 1],
        ],
      }),
  ],
];

function ownOf({ live, own }: AttackScene): { at: number } {
  const value = live.getMap<{ at: number }>('messages').get(own);
  if (value === undefined) throw new Error('the own message is not there');
  return value;
}

function react(scene: AttackScene, key: string, value: number): Uint8Array {
  return change(scene, FRESH, (doc) => doc.getMap('reactions').set(key, value));
}
