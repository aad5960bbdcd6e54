import { openDB, wrap, type IDBPDatabase } from 'idb';
import { fetchUpdates, IndexeddbPersistence } from 'y-indexeddb';
import * as Y from 'yjs';
import { within } from './within.ts';

/** One stored document's rows on disk, being written. */
export interface DocumentRows {
  /** The origin of what it loads. */
  origin: object;
  close: () => Promise<void>;
}

const UPDATES = 'updates';
/** y-indexeddb compacts at 500 rows and after local writes only; 20,000 rows took 3.8 s to load. */
const COMPACT_AT_ROWS = 50;
/** Its `whenSynced` never settles when the database cannot be opened or read. */
const LOAD_LIMIT_MS = 3_000;

/**
 * Loads a document's rows and writes what the document receives from then on. Undefined when the storage
 * does not open: the document then lives in memory. `onLost` is told once, when writing stopped: the
 * browser closed the connection, the database was deleted, or the quota is used up.
 */
export async function openDocumentRows(
  databaseName: string,
  doc: Y.Doc,
  hooks: { beforeLoad: (origin: object) => void; onLost: () => void },
): Promise<DocumentRows | undefined> {
  // y-indexeddb leaves a failing open unhandled, and one damaged row keeps it from loading any.
  if (!(await prepare(databaseName))) return undefined;
  const persistence = new IndexeddbPersistence(databaseName, doc);
  // Its own writer throws out of every update once the connection is closed, and loses write errors.
  doc.off('update', persistence._storeUpdate);
  hooks.beforeLoad(persistence);
  let closed = false;
  let isDue = false;
  let erased: Promise<void> = Promise.resolve();

  const lose = (): void => {
    if (closed) return;
    void close();
    hooks.onLost();
  };
  /** What is gone from the document goes from its rows; one run at a time, and one more for what comes meanwhile. */
  const erase = (): void => {
    if (isDue) return;
    isDue = true;
    erased = erased
      .then(() => {
        isDue = false;
        return compact(persistence);
      })
      .catch(lose);
  };
  const write = (update: Uint8Array, origin: unknown, _: Y.Doc, change: Y.Transaction): void => {
    if (origin === persistence || persistence.db === null || closed) return;
    try {
      const tx = wrap(persistence.db).transaction(UPDATES, 'readwrite');
      // A full disk shows at the request or not before the commit.
      Promise.all([tx.store.add(update), tx.done]).catch(lose);
      persistence._dbsize += 1;
      if (persistence._dbsize % COMPACT_AT_ROWS === 0 || takesWords(change)) erase();
    } catch {
      lose(); // InvalidStateError: the connection is closed
    }
  };
  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    doc.off('update', write);
    await erased;
    await persistence.destroy();
  };

  doc.on('update', write);
  if (!(await within(LOAD_LIMIT_MS, persistence.whenSynced))) {
    await close();
    return undefined;
  }
  compact(persistence).catch(lose); // each opening appended a row
  return { origin: persistence, close };
}

/** Applies a document's rows without writing any: another tab writes them. */
export async function readDocumentRows(
  databaseName: string,
  doc: Y.Doc,
  origin: object,
): Promise<void> {
  try {
    const db = await openRows(databaseName);
    const rows: unknown[] = await db.getAll(UPDATES);
    db.close();
    const readable = rows.filter(isReadable);
    Y.transact(
      doc,
      () => {
        for (const row of readable) Y.applyUpdate(doc, row, origin);
      },
      origin,
      false,
    );
  } catch {
    // Not readable: it comes from the server.
  }
}

/** Was a message changed, so that a row still holds the words it had before? */
function takesWords({ doc, changed, deleteSet }: Y.Transaction): boolean {
  const messages = doc.share.get('messages');
  return deleteSet.clients.size > 0 && [...changed.keys()].some((type) => type === messages);
}

/** One row instead of many, in one transaction. */
async function compact(persistence: IndexeddbPersistence): Promise<void> {
  const updates = await fetchUpdates(persistence);
  if (persistence._dbsize <= 1) return;
  updates.add(Y.encodeStateAsUpdate(persistence.doc));
  updates.delete(IDBKeyRange.upperBound(persistence._dbref, true));
  await wrap(updates.transaction).done;
  persistence._dbsize = 1;
}

/** Can the rows be opened? Damaged ones are dropped: the server has what they held. */
async function prepare(databaseName: string): Promise<boolean> {
  let db: IDBPDatabase | undefined;
  const open = async (): Promise<void> => {
    db = await openRows(databaseName);
    await dropDamaged(db);
  };
  try {
    return await within(LOAD_LIMIT_MS, open());
  } catch {
    return false; // it does not open, or it holds something else
  } finally {
    db?.close();
  }
}

async function dropDamaged(db: IDBPDatabase): Promise<void> {
  const { store, done } = db.transaction(UPDATES, 'readwrite');
  const [keys, rows]: [IDBValidKey[], unknown[]] = await Promise.all([
    store.getAllKeys(),
    store.getAll(),
  ]);
  const damaged = keys.filter((_key, index) => !isReadable(rows[index]));
  await Promise.all([...damaged.map((key) => store.delete(key)), done]);
}

function isReadable(row: unknown): row is Uint8Array {
  if (!(row instanceof Uint8Array)) return false;
  const scratch = new Y.Doc();
  try {
    Y.applyUpdate(scratch, row);
    return true;
  } catch {
    return false; // lib0 throws on bytes that are no update
  } finally {
    scratch.destroy();
  }
}

/** The stores of y-indexeddb, whoever comes first. */
function openRows(databaseName: string): Promise<IDBPDatabase> {
  return openDB(databaseName, undefined, {
    upgrade: (db) => {
      db.createObjectStore(UPDATES, { autoIncrement: true });
      db.createObjectStore('custom');
    },
    blocking: (_current, _blocked, { target }) => {
      if (target instanceof IDBDatabase) target.close();
    },
  });
}
