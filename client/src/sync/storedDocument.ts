import type * as Y from 'yjs';
import { Doc, type Transaction } from 'yjs';
import { openDocumentRows, readDocumentRows, type DocumentRows } from './documentRows.ts';
import { createCell, createSignal, type Signal } from './readable.ts';
import type { Readable } from './views.ts';
import { within } from './within.ts';

export interface StoredDocumentOptions {
  name: string;
  /** Undefined: memory only. */
  databaseName: string | undefined;
  /** Names the roots, so that their types are known before any update arrives. */
  define: (doc: Y.Doc) => void;
  /** Only one tab writes a document's rows. */
  mayWrite: boolean;
  /** Throws on any transaction that is not from outside: for tests and development. */
  guarded: boolean;
  /** The same document's copy before this one, still being closed. */
  after?: Promise<void> | undefined;
}

/** Rows that another tab wrote. */
const OTHER_TAB = { from: 'another tab' };
/** A lost database is opened again after this. */
const REOPEN_AFTER_MS = 1_000;
/** A frozen tab may hold the rows open; the document does not wait for it. */
const DELETE_LIMIT_MS = 3_000;

/**
 * The device's copy of a Yjs document. It only receives: from the provider, from disk, from another tab.
 * Nothing the person does is written into it, so that a refusal never has anything to repair.
 */
export class StoredDocument {
  readonly name: string;
  /** Fires after each change, and after a rebuild. */
  readonly changed: Signal = createSignal();
  readonly isLoaded: Readable<boolean>;
  readonly #options: StoredDocumentOptions;
  readonly #isLoaded = createCell(false);
  #mayWrite: boolean;
  #origins = new WeakSet<object>([OTHER_TAB]);
  #doc: Y.Doc;
  #rows: DocumentRows | undefined;
  #closed = false;
  /** Opening, closing and deleting rows happen one after the other. */
  #turn: Promise<void> = Promise.resolve();
  #reopen: ReturnType<typeof setTimeout> | undefined;

  constructor(options: StoredDocumentOptions) {
    this.name = options.name;
    this.#options = options;
    this.#mayWrite = options.mayWrite;
    this.isLoaded = this.#isLoaded;
    this.#doc = this.#createDoc();
    this.#queue(async () => {
      await options.after;
      await this.#load();
      this.#isLoaded.set(true);
      this.changed.fire();
    });
  }

  get doc(): Y.Doc {
    return this.#doc;
  }

  /** From here on this origin's transactions are known to come from outside. */
  receiveFrom(origin: object): void {
    this.#origins.add(origin);
  }

  whenLoaded(): Promise<void> {
    return this.#turn;
  }

  /** This tab became, or is no longer, the one that writes. */
  setMayWrite(mayWrite: boolean): void {
    if (this.#mayWrite === mayWrite) return;
    this.#mayWrite = mayWrite;
    this.#queue(() => (mayWrite ? this.#load() : this.#closeRows()));
  }

  /** Throws the copy away, on disk too; what follows comes from the server. */
  async rebuild(): Promise<void> {
    const old = this.#doc;
    this.#doc = this.#createDoc();
    this.#queue(async () => {
      await this.#closeRows();
      old.destroy();
      await this.#deleteRows();
      // What another tab still wrote is of the same kind.
      if (this.#mayWrite) await this.#load();
    });
    this.changed.fire();
    await this.#turn;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#reopen);
    this.#queue(() => this.#closeRows());
    await this.#turn;
    this.#doc.destroy();
  }

  #createDoc(): Y.Doc {
    const doc = new Doc();
    this.#options.define(doc);
    if (this.#options.guarded)
      doc.on('beforeTransaction', (transaction) => {
        this.#guard(doc, transaction);
      });
    doc.on('update', () => {
      this.changed.fire();
    });
    return doc;
  }

  #guard(doc: Y.Doc, transaction: Transaction): void {
    const origin: unknown = transaction.origin;
    if (typeof origin === 'object' && origin !== null && this.#origins.has(origin)) return;
    // Yjs would go on inside the transaction that this throw leaves open.
    doc._transaction = null;
    doc._transactionCleanups = [];
    throw new Error(`${this.name} was edited on this device: stored documents only receive`);
  }

  async #load(): Promise<void> {
    const { databaseName } = this.#options;
    if (databaseName === undefined || this.#closed || this.#rows !== undefined) return;
    if (!this.#mayWrite) {
      await readDocumentRows(databaseName, this.#doc, OTHER_TAB);
      return;
    }
    this.#rows = await openDocumentRows(databaseName, this.#doc, {
      beforeLoad: (origin) => {
        this.receiveFrom(origin);
      },
      onLost: () => {
        this.#rows = undefined;
        if (this.#closed) return;
        clearTimeout(this.#reopen);
        this.#reopen = setTimeout(() => {
          this.#queue(() => this.#load());
        }, REOPEN_AFTER_MS);
      },
    });
  }

  async #closeRows(): Promise<void> {
    const rows = this.#rows;
    this.#rows = undefined;
    await rows?.close();
  }

  async #deleteRows(): Promise<void> {
    const { databaseName } = this.#options;
    if (databaseName !== undefined) await within(DELETE_LIMIT_MS, deleteDatabase(databaseName));
  }

  #queue(step: () => Promise<void>): void {
    // A failing step leaves the document in memory; the next one still runs.
    this.#turn = this.#turn.then(step).catch(() => undefined);
  }
}

/** Resolves when the database is gone; another tab that holds it open is told by the browser to let go. */
export function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => {
      resolve();
    };
    request.onerror = () => {
      reject(new Error(`${name} could not be deleted`, { cause: request.error }));
    };
    // onblocked: nothing to do but wait, success follows when the last connection has closed.
  });
}
