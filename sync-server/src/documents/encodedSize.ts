import * as Y from 'yjs';

/**
 * How many bytes a document takes when it is encoded whole. Kept as the sum of its updates, which is never
 * too low, and counted only where that sum passes a limit: encoding a full page takes a millisecond.
 */
export class EncodedSize {
  readonly #doc: Y.Doc;
  #bytes = 0;
  #isCounted = false;

  constructor(doc: Y.Doc) {
    this.#doc = doc;
  }

  /** An update of that many bytes becomes part of the document. */
  add(bytes: number): void {
    this.#bytes += bytes;
    this.#isCounted = false;
  }

  /** Whether the document is larger than `limit`, with `moreBytes` that it may get. */
  exceeds(limit: number, moreBytes = 0): boolean {
    if (this.#bytes + moreBytes <= limit) return false;
    if (!this.#isCounted) {
      this.#bytes = Y.encodeStateAsUpdate(this.#doc).length;
      this.#isCounted = true;
    }
    return this.#bytes + moreBytes > limit;
  }
}
