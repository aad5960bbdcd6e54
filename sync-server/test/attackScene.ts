import type { ClientId, MessageId, UserId } from '@skerry/protocol/ids.ts';
import type { HostileRule } from '../src/documents/gate/verdict.ts';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { craft, page, set, write, type RawItem } from './gateRig.ts';

/** A page with one message of the attacker, one of the victim, and what the server wrote about them. */
export interface AttackScene {
  /** The attacker's copy of the page, synced. */
  live: Y.Doc;
  attacker: UserId;
  victim: UserId;
  own: MessageId;
  theirs: MessageId;
  /** Client ids that the server knows the owners of; the victim's has written one value. */
  clients: { own: ClientId; theirs: ClientId; server: ClientId };
}

/** An update that no honest client sends, by what it tries, and the rule that it breaks. */
export type Attack = [name: string, rule: HostileRule, build: (scene: AttackScene) => Uint8Array];

/** A client id that nobody has used. */
export const FRESH = 66;

export function any(...values: unknown[]): Y.ContentAny {
  return new Y.ContentAny(values);
}

/** The attacker's copy, changed under a client id. */
export function change(
  scene: AttackScene,
  client: ClientId,
  by: (doc: Y.Doc) => unknown,
): Uint8Array {
  const copy = page();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(scene.live));
  copy.clientID = client;
  return write(copy, by);
}

/** Sets a message. */
export function say(
  scene: AttackScene,
  id: string,
  value: unknown,
  client: ClientId = FRESH,
): Uint8Array {
  return change(scene, client, (doc) => set(doc, id, value));
}

/** Structs that no Yjs writes, under an own client id. */
export function raw(...items: RawItem[]): Uint8Array {
  return craft({ client: FRESH, items });
}

/** Updates of one client id each and without deletes, behind each other in one, in this order. */
export function inOneUpdate(...updates: Uint8Array[]): Uint8Array {
  const blocks = updates.flatMap((update) => [...update.subarray(1, -1)]);
  return Uint8Array.of(updates.length, ...blocks, 0);
}

export function deleting(...deletes: [ClientId, number, number][]): Uint8Array {
  return craft({ client: FRESH, deletes });
}

export function tipOf({ live }: AttackScene, key: string, root = 'messages'): Y.ID {
  const item = live.getMap(root)._map.get(key);
  if (item === undefined) throw new Error('no such key');
  return item.lastId;
}

export function lastOfOrder({ live }: AttackScene): Y.ID {
  let item = live.getArray('order')._start;
  while (item?.right) item = item.right;
  if (item === null) throw new Error('the order is empty');
  return item.lastId;
}

/** Overwritten values that follow each other, each claiming many clocks. */
export function chainOfClaims(key: string, structs: number): RawItem[] {
  return Array.from({ length: structs }, (_, index) => ({
    key,
    origin: index === 0 ? null : Y.createID(FRESH, index * 4_096 - 1),
    content: new Y.ContentDeleted(4_096),
  }));
}

export function manyRanges(client: ClientId, count: number): Uint8Array {
  const encoder = encoding.createEncoder();
  for (const number of [0, 1, client, count]) encoding.writeVarUint(encoder, number);
  for (let i = 0; i < count; i++) {
    encoding.writeVarUint(encoder, 0);
    encoding.writeVarUint(encoder, 1);
  }
  return encoding.toUint8Array(encoder);
}

/** The beginning of an update with one struct, for what no encoder writes. */
export function byHand(structs: number, write: (encoder: encoding.Encoder) => void): Uint8Array {
  const encoder = encoding.createEncoder();
  for (const number of [1, structs, FRESH, 0]) encoding.writeVarUint(encoder, number);
  write(encoder);
  encoding.writeVarUint(encoder, 0);
  return encoding.toUint8Array(encoder);
}
