import * as Y from 'yjs';
import { randomClientId } from '../../src/documents/clientId.ts';

/** Makes updates under a client id of its own, each holding only what was just written. */
export class Writer {
  readonly #doc = new Y.Doc();
  #made: Uint8Array | undefined;

  constructor() {
    this.#doc.clientID = randomClientId();
    this.#doc.on('update', (update: Uint8Array) => {
      this.#made = update;
    });
  }

  write(change: (doc: Y.Doc) => void): Uint8Array {
    this.#doc.transact(() => {
      change(this.#doc);
    });
    if (this.#made === undefined) throw new Error('nothing was written');
    return this.#made;
  }
}
