import { definePage } from '@skerry/protocol/page/pageDoc.ts';
import { v7 } from 'uuid';
import { afterEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { deleteDatabase, StoredDocument } from './storedDocument.ts';

/** After this an unreadable copy is given up. */
const LOAD_LIMIT_MS = 3_000;
const SERVER = { from: 'the server' };
const open: StoredDocument[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(open.splice(0).map((document) => document.close()));
});

async function openDocument(databaseName: string, mayWrite = true): Promise<StoredDocument> {
  const document = new StoredDocument({
    name: 'page',
    databaseName,
    define: definePage,
    mayWrite,
    guarded: true,
  });
  document.receiveFrom(SERVER);
  open.push(document);
  await document.whenLoaded();
  return document;
}

/** The server relays one message. */
function relay(document: StoredDocument, key: string, value = key): void {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(document.doc));
  doc.getMap('messages').set(key, value);
  Y.applyUpdate(document.doc, Y.encodeStateAsUpdate(doc), SERVER);
}

function keys(document: StoredDocument): string[] {
  return [...document.doc.getMap('messages').keys()].sort();
}

async function rowsOf(databaseName: string): Promise<number> {
  return (await readRows(databaseName)).length;
}

async function hasWords(databaseName: string, words: string): Promise<boolean> {
  const rows = await readRows(databaseName);
  return rows.some((row) => new TextDecoder('latin1').decode(row).includes(words));
}

async function readRows(databaseName: string): Promise<Uint8Array<ArrayBuffer>[]> {
  // Opening it would create it.
  const databases = await indexedDB.databases();
  if (!databases.some((database) => database.name === databaseName)) return [];
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(databaseName);
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(new Error('not opened'));
    };
  });
  const rows = await new Promise<Uint8Array<ArrayBuffer>[]>((resolve) => {
    const request = db.transaction('updates').objectStore('updates').getAll();
    request.onsuccess = () => {
      resolve(request.result as Uint8Array<ArrayBuffer>[]);
    };
  });
  db.close();
  return rows;
}

test('what was received is there again, and opening many times does not grow the rows', async () => {
  const name = v7();
  for (let n = 0; n < 5; n += 1) {
    const document = await openDocument(name);
    relay(document, `m${n}`);
    await document.close();
  }
  const last = await openDocument(name);
  expect(keys(last)).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
  await expect.poll(() => rowsOf(name)).toBe(1);
});

test('rows are compacted while they are written', async () => {
  const name = v7();
  const document = await openDocument(name);
  for (let n = 0; n < 120; n += 1) relay(document, `m${n}`);
  await expect.poll(() => rowsOf(name)).toBeLessThan(60);
  await document.close();
  expect(keys(await openDocument(name))).toHaveLength(120);
});

test('B9 words that are taken away are in no row, also of several at once and with the tab closed', async () => {
  const name = v7();
  const document = await openDocument(name);
  for (const words of ['kept-4711', 'secret-4712', 'secret-4713', 'secret-4714'])
    relay(document, words.slice(-4), words);
  for (const words of ['kept-4711', 'secret-4712'])
    await expect.poll(() => hasWords(name, words)).toBe(true);
  relay(document, '4712', 'gone');
  relay(document, '4713', 'gone');
  await expect.poll(() => hasWords(name, 'secret-4712')).toBe(false);
  await expect.poll(() => hasWords(name, 'secret-4713')).toBe(false);
  relay(document, '4714', 'gone');
  await document.close();
  expect(await hasWords(name, 'secret-')).toBe(false);
  expect(await hasWords(name, 'kept-4711')).toBe(true);
});

test('a tab that does not write reads what the other tab wrote, and writes it when it is its turn', async () => {
  const name = v7();
  const writer = await openDocument(name);
  relay(writer, 'first');
  await expect.poll(() => rowsOf(name)).toBeGreaterThan(1);
  const reader = await openDocument(name, false);
  expect(keys(reader)).toEqual(['first']);
  relay(reader, 'second');
  writer.setMayWrite(false);
  reader.setMayWrite(true);
  await Promise.all([writer.whenLoaded(), reader.whenLoaded()]);
  await reader.close();
  expect(keys(await openDocument(name))).toEqual(['first', 'second']);
});

test('a deleted database harms nothing: the document goes on and is stored anew', async () => {
  const name = v7();
  const document = await openDocument(name);
  relay(document, 'before');
  await deleteDatabase(name);
  relay(document, 'after');
  expect(keys(document)).toEqual(['after', 'before']);
  await expect.poll(() => rowsOf(name), { timeout: 5_000 }).toBeGreaterThan(0);
  await document.close();
  expect(keys(await openDocument(name))).toEqual(['after', 'before']);
});

test('a full disk leaves the document in memory', async () => {
  const document = await openDocument(v7());
  vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(() => {
    throw new DOMException('no space', 'QuotaExceededError');
  });
  relay(document, 'one');
  relay(document, 'two');
  expect(keys(document)).toEqual(['one', 'two']);
});

test('a storage that does not open leaves the document in memory', async () => {
  vi.spyOn(indexedDB, 'open').mockImplementation(() => {
    throw new DOMException('not allowed', 'SecurityError');
  });
  const document = await openDocument(v7());
  relay(document, 'one');
  expect(document.isLoaded.get()).toBe(true);
  expect(keys(document)).toEqual(['one']);
});

test('an edit on this device throws and changes nothing', async () => {
  const document = await openDocument(v7());
  relay(document, 'one');
  expect(() => document.doc.getMap('messages').set('mine', 1)).toThrow('only receive');
  expect(keys(document)).toEqual(['one']);
  relay(document, 'two');
  expect(keys(document)).toEqual(['one', 'two']);
});

test('a rebuild throws the copy away, on disk too', async () => {
  const name = v7();
  const document = await openDocument(name);
  relay(document, 'foreign');
  await document.rebuild();
  expect(keys(document)).toEqual([]);
  await document.close();
  expect(keys(await openDocument(name))).toEqual([]);
});

test('a rebuild in a tab that does not write leaves the foreign copy nowhere', async () => {
  const name = v7();
  const writer = await openDocument(name);
  relay(writer, 'foreign');
  await writer.close();
  const reader = await openDocument(name, false);
  expect(keys(reader)).toEqual(['foreign']);
  await reader.rebuild();
  expect(keys(reader)).toEqual([]);
  expect(await rowsOf(name)).toBe(0);
});

test('damaged rows are dropped: the others are there, and nobody waits', async () => {
  const name = v7();
  const document = await openDocument(name);
  relay(document, 'whole');
  await document.close();
  for (const row of [new Uint8Array([1, 200, 255, 3]), 'no bytes at all']) await addRow(name, row);

  const reader = await openDocument(name, false);
  expect(keys(reader)).toEqual(['whole']);
  const start = performance.now();
  const again = await openDocument(name);
  expect(performance.now() - start).toBeLessThan(LOAD_LIMIT_MS);
  expect(keys(again)).toEqual(['whole']);
  relay(again, 'next');
  await again.close();
  await expect.poll(() => rowsOf(name)).toBeLessThan(4);
  expect(keys(await openDocument(name))).toEqual(['next', 'whole']);
});

function addRow(databaseName: string, row: unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(databaseName);
    request.onerror = () => {
      reject(new Error('not opened'));
    };
    request.onsuccess = () => {
      const tx = request.result.transaction('updates', 'readwrite');
      tx.objectStore('updates').add(row);
      tx.oncomplete = () => {
        request.result.close();
        resolve();
      };
    };
  });
}
