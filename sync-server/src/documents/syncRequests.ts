import { OutgoingMessage, type Connection, type Document } from '@hocuspocus/server';

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 10_000;

interface Asking {
  delayMs: number;
  timer: NodeJS.Timeout | undefined;
}

/** Asks a connection for all it holds (SyncStep1), ever more slowly, until something of it goes through. */
export class SyncRequests {
  readonly #asking = new Map<Connection, Asking>();

  /** Asks after a while; while a question is due, nothing changes. */
  ask(connection: Connection, notBeforeMs = 0): void {
    const asking = this.#asking.get(connection) ?? { delayMs: FIRST_DELAY_MS, timer: undefined };
    this.#asking.set(connection, asking);
    if (asking.timer !== undefined) return;
    asking.timer = setTimeout(
      () => {
        asking.timer = undefined;
        asking.delayMs = Math.min(asking.delayMs * 2, MAX_DELAY_MS);
        sendSyncStep1(connection);
      },
      Math.max(asking.delayMs, notBeforeMs),
    );
    asking.timer.unref();
  }

  /** Something went through, or the connection is gone. */
  stop(connection: Connection): void {
    clearTimeout(this.#asking.get(connection)?.timer);
    this.#asking.delete(connection);
  }

  /** Forgets the document's connections that are gone. */
  stopClosed(document: Document): void {
    for (const connection of [...this.#asking.keys()])
      if (connection.document === document && !document.hasConnection(connection))
        this.stop(connection);
  }

  stopAll(): void {
    for (const connection of [...this.#asking.keys()]) this.stop(connection);
  }
}

function sendSyncStep1(connection: Connection): void {
  const { document } = connection;
  if (!document.hasConnection(connection)) return;
  const message = new OutgoingMessage(connection.messageAddress)
    .createSyncMessage()
    .writeFirstSyncStepFor(document);
  connection.send(message.toUint8Array());
}
