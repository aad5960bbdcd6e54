import type { ArrivalNumber, ClientId, UserId } from '@skerry/protocol/ids.ts';
import * as Y from 'yjs';
import type { LogEntry } from './commitStatement.ts';
import { EncodedSize } from './encodedSize.ts';
import type { StoredDocument, UpdateLog } from './updateLog.ts';

/**
 * Origins of every change to a live document, of what this process has committed and of what it has read:
 * Hocuspocus sends both to all connections, the sender included.
 */
export const COMMITTED = { source: 'local' } as const;
const READ = { source: 'local' } as const;

/** A live document and how far along its log it is. What is in the document is in the database. */
export class LoggedDocument {
  readonly name: string;
  readonly doc: Y.Doc;
  readonly owners = new Map<ClientId, UserId | null>();
  /** Log rows that the live document holds. */
  version = -1;
  rules = 0;
  /** Takes no new messages. */
  isPageClosed = false;
  firstNumber: ArrivalNumber = 1;
  readonly size: EncodedSize;
  /** The log may hold more than the document. */
  isBehind = false;
  /** What is read next may be of this process: the answer to its commit was lost. */
  #isOutcomeOpen = false;
  readonly #log: UpdateLog;
  readonly #onNewRules: () => void;
  readonly #onRewritten: (() => void) | undefined;

  /** `onRewritten`: the document's rules change only when it is written anew, and this one is not it any more. */
  constructor(
    name: string,
    doc: Y.Doc,
    log: UpdateLog,
    onNewRules: () => void,
    onRewritten?: () => void,
  ) {
    this.name = name;
    this.doc = doc;
    this.size = new EncodedSize(doc);
    this.#log = log;
    this.#onNewRules = onNewRules;
    this.#onRewritten = onRewritten;
  }

  /** Was it used before the document was written anew? Its clocks may stand for something else in old copies. */
  isRetired(client: ClientId): boolean {
    return this.owners.has(client) && Y.getState(this.doc.store, client) === 0;
  }

  /** Reads the document from the log; the update is for whoever fills the live document. */
  async load(): Promise<Uint8Array | undefined> {
    const stored = await this.#log.load(this.name, -1);
    this.#adopt(stored);
    return stored.updates[0];
  }

  /** Loads and fills the live document. */
  async open(): Promise<void> {
    const update = await this.load();
    if (update !== undefined) Y.applyUpdate(this.doc, update, READ);
  }

  /** Reads and applies what others have committed. */
  async catchUp(): Promise<void> {
    this.isBehind = false;
    try {
      const stored = await this.#log.load(this.name, this.version);
      if (this.#onRewritten !== undefined && stored.rules !== this.rules) {
        this.#onRewritten();
        throw new Error('the document was written anew');
      }
      const origin = this.#isOutcomeOpen ? COMMITTED : READ;
      this.#isOutcomeOpen = false;
      this.doc.transact(() => {
        for (const update of stored.updates) Y.applyUpdate(this.doc, update, origin);
      }, origin);
      this.#adopt(stored);
    } catch (error) {
      this.isBehind = true;
      throw error;
    }
  }

  /** Commits, then applies: one Yjs transaction, and so one frame to everyone. */
  async commit({ clients = [], ...entry }: LogEntry): Promise<boolean> {
    const unbound = clients.filter(({ id }) => !this.owners.has(id));
    this.#isOutcomeOpen = true;
    const isCommitted = await this.#log.commit({ ...entry, clients: unbound });
    this.#isOutcomeOpen = false;
    if (!isCommitted) return false;
    Y.applyUpdate(this.doc, entry.update, COMMITTED);
    this.size.add(entry.update.length);
    this.version = entry.version + 1;
    for (const { id, owner } of unbound) this.owners.set(id, owner);
    return true;
  }

  #adopt(stored: StoredDocument): void {
    if (stored.rules !== this.rules) this.#onNewRules();
    this.version = stored.version;
    this.rules = stored.rules;
    this.isPageClosed = stored.closed;
    this.firstNumber = stored.firstNumber;
    for (const update of stored.updates) this.size.add(update.length);
    for (const [client, owner] of stored.owners) this.owners.set(client, owner);
  }
}
