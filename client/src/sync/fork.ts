import type { ClientId } from '@skerry/protocol/ids.ts';
import * as Y from 'yjs';
import type { OperationKey } from './operationKey.ts';

/** A throw-away clone of a stored document on which operations become Yjs structs. */
export interface Fork {
  /** The clock of the next struct. */
  clock: () => number;
  /** Takes over what the stored document received since. */
  follow: (stored: Y.Doc) => void;
  /** Sets one key to what it becomes; returns the update that does just that: one struct, one clock. */
  set: (at: OperationKey, next: (present: unknown) => unknown) => Uint8Array;
  close: () => void;
}

export function createFork(stored: Y.Doc, clientId: ClientId): Fork {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(stored));
  doc.clientID = clientId;
  return {
    clock: () => Y.getState(doc.store, clientId),
    follow: (from) => {
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(from, Y.encodeStateVector(doc)));
    },
    set: ({ root, key }, next) => {
      const updates: Uint8Array[] = [];
      const keep = (update: Uint8Array): void => void updates.push(update);
      doc.on('update', keep);
      const values = doc.getMap(root);
      values.set(key, next(values.get(key)));
      doc.off('update', keep);
      const [update] = updates;
      if (update === undefined) throw new Error('setting a key made no update');
      return update;
    },
    close: () => {
      doc.destroy();
    },
  };
}

/** The clock that this client's next struct in the document has. */
export function stateOf(doc: Y.Doc, client: ClientId): number {
  return Y.getState(doc.store, client);
}

/** Has the document a struct of this client at this clock? */
export function hasStruct(doc: Y.Doc, client: ClientId, clock: number): boolean {
  return stateOf(doc, client) > clock;
}

/** 53 random bits. Never stored, never used again: two writers under one id would diverge in silence. */
export function newClientId(): ClientId {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return (high & 0x1f_ffff) * 2 ** 32 + low;
}
