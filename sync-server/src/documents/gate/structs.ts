import type { ClientId } from '@skerry/protocol/ids.ts';
import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';

export type Struct = Y.Item | Y.GC | Y.Skip;

export interface DecodedUpdate {
  structs: Struct[];
  deletes: Map<ClientId, { clock: number; len: number }[]>;
}

/** Undefined when the bytes are no Yjs V1 update. Never V2: its run lengths are an amplifier (yjs#687). */
export function decodeUpdate(update: Uint8Array): DecodedUpdate | undefined {
  try {
    const { structs, ds } = Y.decodeUpdate(update);
    const blocks = decoding.readVarUint(decoding.createDecoder(update));
    const isSound = isAsWritten(structs, blocks) && [...ds.clients.values()].every(areDeletes);
    return isSound ? { structs, deletes: ds.clients } : undefined;
  } catch {
    return undefined; // lib0 throws on truncated or impossible input
  }
}

/**
 * Yjs writes one block of structs for each client id, the highest id first. Of another order it loses some when it
 * applies or merges updates: what was accepted would not be what is stored.
 */
function isAsWritten(structs: readonly Struct[], blocks: number): boolean {
  const clients = new Set(structs.map(({ id }) => id.client));
  return (
    clients.size === blocks &&
    structs.every(({ id }, index) => id.client <= (structs[index - 1] ?? { id }).id.client)
  );
}

/** A delete of nothing, where a document ends, makes Yjs throw at every attempt to apply it. */
function areDeletes(ranges: readonly { len: number }[]): boolean {
  return ranges.every(({ len }) => len > 0);
}

/** The struct that holds `clock` of `client`, undefined when the document has not got that far. */
export function findStruct(doc: Y.Doc, client: ClientId, clock: number): Y.Item | Y.GC | undefined {
  const structs = doc.store.clients.get(client);
  if (structs === undefined || clock >= Y.getState(doc.store, client)) return undefined;
  return structs[Y.findIndexSS(structs, clock)];
}

/** The name of the root that `type` is, undefined for a nested type. */
export function rootName(doc: Y.Doc, type: unknown): string | undefined {
  for (const [name, root] of doc.share) if (root === type) return name;
  return undefined;
}

/** The newest item of a key, deleted or not. */
export function tipItem(doc: Y.Doc, root: string, key: string): Y.Item | undefined {
  return doc.share.get(root)?._map.get(key);
}

export function structId(client: ClientId, clock: number): string {
  return `${String(client)}:${String(clock)}`;
}
