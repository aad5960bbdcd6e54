import type { UserId } from '@skerry/protocol/ids.ts';
import { openDB } from 'idb';
import { v7 } from 'uuid';
import { afterEach, expect, test, vi } from 'vitest';
import { countUnsent, documentDatabaseName, readUnsent, wipeDevice } from './deviceData.ts';
import { localDatabaseName, openIndexedDbStore } from './indexedDbStore.ts';
import type { LocalStore } from './localStore.ts';
import { messagesIn } from './operation.ts';
import { addOperation, claimOperations, settleOperations } from './outbox.ts';
import { missingFrom, sendAgain } from './sendingAgain.ts';
import { type SentRows } from './sent.ts';
import { deletion, edit, post } from '../../test/sync/operations.ts';
import { openDocumentRows } from './documentRows.ts';
import * as Y from 'yjs';

const open = new Set<LocalStore>();

async function openStore(userId: UserId): Promise<LocalStore> {
  const store = await openIndexedDbStore(userId);
  open.add(store);
  return store;
}

afterEach(() => {
  for (const store of open) store.close();
  open.clear();
  vi.restoreAllMocks();
});

test('what was written is there after the store was closed and opened again', async () => {
  const userId = v7() as UserId;
  const first = await openStore(userId);
  const written = post('hello');
  await first.change(addOperation(written));
  first.close();

  const second = await openStore(userId);
  expect((await second.load()).outbox).toEqual([{ ...written, seq: 1, attempts: [] }]);
});

test('an operation is on this device only when the transaction is durable', async () => {
  const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction');
  const store = await openStore(v7() as UserId);
  await store.change(addOperation(post('hello')));
  expect(transaction.mock.calls).toContainEqual([
    ['outbox', 'tray', 'sent'],
    'readwrite',
    { durability: 'strict' },
  ]);
});

test('two tabs that squash at once never lose a message and never keep a deleted one', async () => {
  const userId = v7() as UserId;
  const [here, there] = [await openStore(userId), await openStore(userId)];
  const posts = Array.from({ length: 20 }, (_, index) => post(`message ${index}`));
  await Promise.all(posts.map((one, i) => (i % 2 === 0 ? here : there).change(addOperation(one))));

  // One tab edits each message while the other deletes every second one.
  await Promise.all(
    posts.flatMap((one, index) => [
      here.change(addOperation(edit(one, 'edited'))),
      ...(index % 2 === 0 ? [there.change(addOperation(deletion(one)))] : []),
    ]),
  );
  const { outbox } = await there.load();
  const kept = messagesIn(outbox)
    .filter((row) => row.kind === 'post')
    .map((row) => row.messageId);
  expect(new Set(kept)).toEqual(
    new Set(posts.filter((_, i) => i % 2 === 1).map((p) => p.messageId)),
  );
  expect(new Set(outbox.map((row) => row.seq)).size).toBe(outbox.length);
});

test('a claim and a squash exclude each other: what may have left is not dropped', async () => {
  const userId = v7() as UserId;
  const [sender, writer] = [await openStore(userId), await openStore(userId)];
  for (let round = 0; round < 10; round += 1) {
    const written = post(`round ${round}`);
    await writer.change(addOperation(written));
    const { rule, claimed } = claimOperations([written.opId], {
      document: written.target.document,
      client: round + 1,
      clock: 0,
    });
    await Promise.all([sender.change(rule), writer.change(addOperation(deletion(written)))]);
    const all = messagesIn((await writer.load()).outbox);
    const rows = all.filter((row) => row.messageId === written.messageId);
    expect(rows.map((row) => row.kind)).toEqual(claimed().length > 0 ? ['post', 'delete'] : []);
  }
});

test('a rule that throws changes nothing and leaves the store usable', async () => {
  const store = await openStore(v7() as UserId);
  await store.change(addOperation(post('kept')));
  await expect(
    store.change(() => {
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect((await store.change(addOperation(post('next')))).outbox).toHaveLength(2);
});

test('a full disk rejects the write, which is then not shown as kept', async () => {
  const store = await openStore(v7() as UserId);
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('no space', 'QuotaExceededError');
  });
  await expect(store.change(addOperation(post('lost')))).rejects.toThrow('no space');
  vi.restoreAllMocks();
  expect((await store.load()).outbox).toEqual([]);
});

test('a store whose database was deleted by the browser opens a new one', async () => {
  const userId = v7() as UserId;
  const store = await openStore(userId);
  await store.change(addOperation(post('gone')));
  await deleted(localDatabaseName(userId));
  await store.change(addOperation(post('new')));
  const { outbox } = await store.load();
  expect(messagesIn(outbox).map((row) => 'text' in row.value && row.value.text)).toEqual(['new']);
});

test('drafts are kept per room until they are empty', async () => {
  const store = await openStore(v7() as UserId);
  const room = post('').room.id;
  await store.saveDraft(room, 'half a thought');
  expect(await store.loadDraft(room)).toBe('half a thought');
  await store.saveDraft(room, '');
  expect(await store.loadDraft(room)).toBe('');
});

test('wiping deletes every database of the person, with connections open, and nobody else’s', async () => {
  const userId = v7() as UserId;
  const other = v7() as UserId;
  const store = await openStore(userId);
  const neighbour = await openStore(other);
  await store.change(addOperation(post('mine')));
  await neighbour.change(addOperation(post('theirs')));
  const doc = new Y.Doc();
  const name = documentDatabaseName(userId, 'page:x:0');
  const rows = await openDocumentRows(name, doc, {
    beforeLoad: () => undefined,
    onLost: () => undefined,
  });
  expect(rows).toBeDefined();

  await wipeDevice(userId);

  const names = (await indexedDB.databases()).map((database) => database.name);
  expect(names.filter((one) => one?.includes(userId))).toEqual([]);
  expect(names).toContain(localDatabaseName(other));
});

test('a database of the first version keeps its rows and gets a place for what was sent', async () => {
  const userId = v7() as UserId;
  const waiting = { ...post('waiting'), seq: 1, attempts: [] };
  const old = await openDB(localDatabaseName(userId), 1, {
    upgrade: (db) => {
      db.createObjectStore('outbox', { keyPath: 'opId' });
      db.createObjectStore('tray', { keyPath: 'opId' });
      db.createObjectStore('drafts');
      db.createObjectStore('meta');
    },
  });
  await old.put('outbox', waiting);
  await old.put('drafts', { text: 'a draft' }, waiting.room.id);
  old.close();

  const store = await openStore(userId);
  expect((await store.load()).outbox).toEqual([waiting]);
  expect(await store.loadDraft(waiting.room.id)).toBe('a draft');
  await store.change(settleOperations(new Set([waiting.opId])));
  expect((await store.load()).outbox).toEqual([]);
  expect((await store.loadSent()).map(({ messageId }) => messageId)).toEqual([waiting.messageId]);
});

test('what was sent is one row a message, and goes back to the outbox in one step', async () => {
  const store = await openStore(v7() as UserId);
  const hello = post('hello');
  for (const operation of [hello, edit(hello, 'edited')]) {
    await store.change(addOperation(operation));
    const { rule } = claimOperations([operation.opId], { document: 'x', client: 1, clock: 0 });
    await store.change(rule);
    await store.change(settleOperations(new Set([operation.opId])));
  }
  const [sent] = await store.loadSent();
  expect(sent).toMatchObject({ kind: 'post', value: { text: 'edited' } });
  const missing = missingFrom(await store.loadSent(), 'x', undefined);
  const again = (all: SentRows) => sendAgain(all, missing, hello.target.document);
  await store.changeSent(again);
  await store.changeSent(again);
  expect(await store.loadSent()).toEqual([]);
  const { outbox } = await store.load();
  expect(messagesIn(outbox)).toMatchObject([{ messageId: hello.messageId, kind: 'post' }]);
});

test('meta is kept', async () => {
  const store = await openStore(v7() as UserId);
  expect(await store.loadMeta('epoch')).toBeUndefined();
  await store.saveMeta('epoch', 'one');
  expect(await store.loadMeta('epoch')).toBe('one');
});

test('the unsent can be read with nothing else open', async () => {
  const userId = v7() as UserId;
  expect(await countUnsent(userId)).toBe(0);
  const store = await openStore(userId);
  await store.change(addOperation(post('still here')));
  store.close();
  expect((await readUnsent(userId)).map((operation) => operation.text)).toEqual(['still here']);
  expect((await indexedDB.databases()).length).toBeGreaterThan(0);
});

function deleted(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => {
      resolve();
    };
    request.onerror = () => {
      reject(new Error('not deleted'));
    };
  });
}
