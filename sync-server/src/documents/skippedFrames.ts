import type { Connection } from '@hocuspocus/server';

type ReadOnlyFlag = Pick<Connection, 'readOnly'>;

/**
 * Lets Hocuspocus pass over one sync message without closing the document: the connection is read-only for
 * that message. Its previous value comes back afterwards; clearing it would make readers writers.
 */
export class SkippedFrames {
  readonly #previous = new WeakMap<ReadOnlyFlag, boolean>();

  skip(connection: ReadOnlyFlag): void {
    if (!this.#previous.has(connection)) this.#previous.set(connection, connection.readOnly);
    connection.readOnly = true;
  }

  restore(connection: ReadOnlyFlag): void {
    const previous = this.#previous.get(connection);
    if (previous === undefined) return;
    this.#previous.delete(connection);
    connection.readOnly = previous;
  }
}
