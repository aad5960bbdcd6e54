import type { UserId } from '@skerry/protocol/ids.ts';
import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb';
import { changedRows, type LocalStore } from './localStore.ts';
import {
  readRows,
  type Operation,
  type OperationRows,
  type RefusedOperation,
} from './operation.ts';
import { addSent, readSent, type SentMessage } from './sent.ts';

/** Stored on disk: add stores and versions, never rename. */
interface Schema extends DBSchema {
  outbox: { key: string; value: Operation };
  tray: { key: string; value: RefusedOperation };
  drafts: { key: string; value: { text: string } };
  meta: { key: string; value: unknown };
  sent: { key: string; value: SentMessage };
}
type Database = IDBPDatabase<Schema>;

/** One line of history each: 1 – first version; 2 – what was sent is kept for some days. */
const VERSION = 2;
/** An open that is blocked or hangs (seen on iOS after a crash) is given up after this. */
const OPEN_LIMIT_MS = 5_000;

export function localDatabaseName(userId: UserId): string {
  return `skerry:${userId}`;
}

/** Rejects when the browser's storage cannot be opened. */
export async function openIndexedDbStore(userId: UserId): Promise<LocalStore> {
  const name = localDatabaseName(userId);
  let database: Promise<Database> | undefined;
  let closed = false;
  await open();

  function forget(): void {
    database = undefined;
  }

  async function open(): Promise<Database> {
    database ??= openDatabase(name, forget);
    try {
      return await database;
    } catch (error) {
      forget(); // the next call tries again
      throw error;
    }
  }

  /** Browsers close connections in the background (iOS) and when site data is cleared: open again, once. */
  async function withDatabase<T>(run: (db: Database) => Promise<T>): Promise<T> {
    if (closed) throw new Error('the local store is closed');
    try {
      return await run(await open());
    } catch (error) {
      if (!isConnectionLost(error)) throw error;
      forget();
      return run(await open());
    }
  }

  /** All of it or nothing, and for good: what is answered survives a power cut. */
  function writing<T>(run: (tx: Writing) => Promise<T>): Promise<T> {
    return withDatabase(async (db) => {
      const tx = db.transaction(WRITTEN, 'readwrite', { durability: 'strict' });
      try {
        const result = await run(tx);
        await tx.done;
        return result;
      } catch (error) {
        tx.done.catch(() => undefined); // the same failure once more
        abort(tx);
        throw error;
      }
    });
  }

  return {
    kind: 'indexeddb',
    load: () =>
      withDatabase(async (db) => {
        const tx = db.transaction(['outbox', 'tray']);
        return readRows(...(await allRows(tx)));
      }),
    change: (rule) =>
      writing(async (tx) => {
        const before = readRows(...(await allRows(tx)));
        const { stored = [], ...after } = rule(before);
        await Promise.all([
          ...putRows(tx, before, after),
          ...stored.map(async (row) => {
            const store = tx.objectStore('sent');
            const [known] = readSent([await store.get(row.messageId)]);
            await store.put(addSent(known, row, Date.now()));
          }),
        ]);
        return after;
      }),
    loadSent: () => withDatabase(async (db) => readSent(await db.getAll('sent'))),
    changeSent: (rule) =>
      writing(async (tx) => {
        const store = tx.objectStore('sent');
        const rows = readRows(...(await allRows(tx)));
        const sent = readSent(await store.getAll());
        const after = rule({ rows, sent });
        const kept = new Set(after.sent);
        await Promise.all([
          ...putRows(tx, rows, after.rows),
          ...sent.filter((one) => !kept.has(one)).map((one) => store.delete(one.messageId)),
        ]);
      }),
    loadDraft: (roomId) =>
      withDatabase(async (db) => {
        const draft = await db.get('drafts', roomId);
        return draft?.text ?? '';
      }),
    saveDraft: (roomId, text) =>
      withDatabase(async (db) => {
        if (text === '') await db.delete('drafts', roomId);
        else await db.put('drafts', { text }, roomId);
      }),
    loadMeta: (key) => withDatabase((db) => db.get('meta', key)),
    saveMeta: (key, value) =>
      withDatabase(async (db) => {
        await db.put('meta', value, key);
      }),
    close: () => {
      closed = true;
      database?.then(closeDatabase, () => undefined); // not open: nothing to close
    },
  };
}

const WRITTEN: ['outbox', 'tray', 'sent'] = ['outbox', 'tray', 'sent'];
type Writing = IDBPTransaction<Schema, typeof WRITTEN, 'readwrite'>;

function putRows(tx: Writing, before: OperationRows, after: OperationRows): Promise<unknown>[] {
  const outbox = changedRows(before.outbox, after.outbox);
  const tray = changedRows(before.tray, after.tray);
  return [
    ...outbox.put.map((row) => tx.objectStore('outbox').put(row)),
    ...outbox.remove.map((opId) => tx.objectStore('outbox').delete(opId)),
    ...tray.put.map((row) => tx.objectStore('tray').put(row)),
    ...tray.remove.map((opId) => tx.objectStore('tray').delete(opId)),
  ];
}

interface RowsTransaction {
  objectStore: (name: 'outbox' | 'tray') => { getAll: () => Promise<unknown[]> };
}

function allRows(tx: RowsTransaction): Promise<[unknown[], unknown[]]> {
  return Promise.all([tx.objectStore('outbox').getAll(), tx.objectStore('tray').getAll()]);
}

function abort(tx: { abort: () => void }): void {
  try {
    tx.abort();
  } catch {
    // already aborted by the failure itself
  }
}

async function openDatabase(name: string, onClosed: () => void): Promise<Database> {
  let giveUp: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    giveUp = setTimeout(() => {
      reject(new Error('opening the local store took too long'));
    }, OPEN_LIMIT_MS);
  });
  const opening = openDB<Schema>(name, VERSION, {
    upgrade: (db, from) => {
      if (from < 1) {
        db.createObjectStore('outbox', { keyPath: 'opId' });
        db.createObjectStore('tray', { keyPath: 'opId' });
        db.createObjectStore('drafts');
        db.createObjectStore('meta');
      }
      if (from < 2) db.createObjectStore('sent', { keyPath: 'messageId' });
    },
    // Another tab deletes or upgrades it: let go, so that it can.
    blocking: (_current, _blocked, event) => {
      onClosed();
      if (event.target instanceof IDBDatabase) event.target.close();
    },
    terminated: onClosed,
  });
  try {
    return await Promise.race([opening, limit]);
  } catch (error) {
    // Opened too late it would stand in the way of log-out for ever.
    opening.then(closeDatabase, () => undefined);
    throw error;
  } finally {
    clearTimeout(giveUp);
  }
}

function closeDatabase(db: Database): void {
  db.close();
}

function isConnectionLost(error: unknown): boolean {
  return (
    error instanceof DOMException &&
    (error.name === 'InvalidStateError' || error.name === 'UnknownError')
  );
}
