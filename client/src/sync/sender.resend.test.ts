import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import type { MessageId, RoomId, UserId } from '@skerry/protocol/ids.ts';
import { newMessageRecord } from '@skerry/protocol/page/messageRecord.ts';
import { definePage, PAGE_ROOTS } from '@skerry/protocol/page/pageDoc.ts';
import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { createDisk } from '../../test/sync/disk.ts';
import { createFork, newClientId } from './fork.ts';
import type { Attempt, MessageOperation, Operation } from './operation.ts';
import { createOutbox } from './outbox.ts';
import { DocumentSender } from './sender.ts';
import { sendingDocuments } from './sendQueue.ts';

const ROOM = v7() as RoomId;
const PAGE = pageDocumentName(ROOM, 0);

/** A sender whose line only writes down what leaves. */
async function openSender() {
  const stored = new Y.Doc();
  definePage(stored);
  const disk = createDisk();
  let writes = 0;
  const change: typeof disk.store.change = (rule) => {
    writes += 1;
    return disk.store.change(rule);
  };
  const outbox = createOutbox({ ...disk.store, change }, () => undefined);
  const updates: Uint8Array[] = [];
  const barriers: number[] = [];
  const sender = new DocumentSender({
    document: PAGE,
    outbox,
    stored: () => stored,
    wire: {
      sendUpdate: (update) => updates.push(update),
      sendStateless: (message) => barriers.push(message.id),
    },
    next: () =>
      sendingDocuments(
        outbox.rows.get(),
        () => 0,
        () => undefined,
      ).get(PAGE) ?? [],
    now: Date.now,
    schedule: () => () => undefined,
    onRefused: () => undefined,
  });
  outbox.rows.subscribe(() => {
    sender.drain();
  });
  await sender.opened();
  const write = async (row: Operation): Promise<void> => {
    await outbox.change((rows) => ({ ...rows, outbox: [...rows.outbox, row] }));
    await settle();
  };
  return { stored, disk, sender, updates, barriers, write, writes: () => writes };
}

function newPost(attempts: Attempt[] = []): MessageOperation {
  return {
    opId: v7(),
    kind: 'post',
    target: { document: PAGE },
    messageId: v7() as MessageId,
    value: newMessageRecord(v7() as UserId, Date.now(), 'words'),
    at: Date.now(),
    room: { id: ROOM, kind: 'public', name: 'General' },
    seq: Date.now(),
    attempts,
  };
}

/** Lets everything that does not wait for the disk come to its end. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 3; turns += 1) await new Promise((done) => setImmediate(done));
}

test('nothing leaves between a barrier and its echo', async () => {
  const { sender, updates, barriers, write } = await openSender();
  await write(newPost());
  sender.received({ type: 'later', delayMs: 0 });
  await write(newPost());
  expect([updates.length, barriers]).toEqual([1, [1]]);
  sender.received({ type: 'barrier', id: 1 });
  await settle();
  expect(updates).toHaveLength(3);
});

test('what is stored is not claimed again while a slow disk still lists it', async () => {
  const { stored, disk, sender, updates, write, writes } = await openSender();
  await write(newPost());
  disk.setSlow(true);
  for (const update of [...updates]) Y.applyUpdate(stored, update);
  const before = writes();
  sender.drain(); // what the echo sets off
  await settle();
  expect(writes() - before).toBe(1); // the one that forgets it
  disk.setSlow(false);
  await settle();
  expect(updates).toHaveLength(1);
  expect(disk.rows().outbox).toEqual([]);
});

test('what another tab sent and the page shows does not leave again from here', async () => {
  const { stored, disk, updates, write } = await openSender();
  const client = newClientId();
  const post = newPost([{ client, clock: 0 }]);
  const otherTab = createFork(stored, client);
  Y.applyUpdate(
    stored,
    otherTab.set({ root: PAGE_ROOTS.messages, key: post.messageId }, () => post.value),
  );
  await write(post);
  expect(updates).toEqual([]);
  expect(disk.rows().outbox).toEqual([]);
});
