import { userDocumentName } from '@skerry/protocol/documentName.ts';
import { markUnread, readUpTo, type ReadMark } from '@skerry/protocol/user/readMark.ts';
import { defineUser, readMarkOf, USER_ROOTS } from '@skerry/protocol/user/userDoc.ts';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { createDisk } from '../../test/sync/disk.ts';
import { ANN, ROOM } from '../../test/sync/operations.ts';
import { createOutbox } from './outbox.ts';
import { addRead, markWith } from './reads.ts';
import { DocumentSender } from './sender.ts';
import { sendingDocuments } from './sendQueue.ts';

const USER = userDocumentName(ANN);

/** My user document on a server that takes what it is given when it is told to. */
async function openSender() {
  let stored = new Y.Doc();
  const server = new Y.Doc();
  defineUser(stored);
  defineUser(server);
  const disk = createDisk();
  const outbox = createOutbox(disk.store, () => undefined);
  const updates: Uint8Array[] = [];
  const barriers: number[] = [];
  const sender = new DocumentSender({
    document: USER,
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
      ).get(USER) ?? [],
    now: Date.now,
    schedule: () => () => undefined,
    onRefused: () => undefined,
  });
  outbox.rows.subscribe(() => {
    sender.drain();
  });
  const receive = (): void => {
    Y.applyUpdate(stored, Y.encodeStateAsUpdate(server));
    sender.drain();
  };
  const setElsewhere = (mark: ReadMark): void => {
    server.getMap(USER_ROOTS.reads).set(ROOM, mark);
  };
  const read = async (upTo: number): Promise<void> => {
    const change = readUpTo(readMarkOf(stored, ROOM), upTo);
    await outbox.change(addRead({ me: ANN, room: { id: ROOM, name: '' }, at: 1, change }));
    await settle();
  };
  const markUnreadFrom = async (numbers: number[]): Promise<void> => {
    const mark = markWith(readMarkOf(stored, ROOM), outbox.rows.get(), ROOM);
    const change = markUnread(mark, numbers);
    await outbox.change(addRead({ me: ANN, room: { id: ROOM, name: '' }, at: 1, change }));
    await settle();
  };
  /** The copy is thrown away, as the server asks for; the server's is not here yet. */
  const rebuild = (): void => {
    sender.closed();
    stored = new Y.Doc();
    defineUser(stored);
    sender.drain();
  };
  await sender.opened();
  return {
    server,
    disk,
    sender,
    updates,
    barriers,
    receive,
    setElsewhere,
    read,
    markUnreadFrom,
    rebuild,
  };
}

/** Lets everything that does not wait for the disk come to its end. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 3; turns += 1) await new Promise((done) => setImmediate(done));
}

test('B15 a read goes as one update under my room’s key, and its echo is the receipt', async () => {
  const { server, disk, updates, receive, read } = await openSender();
  await read(7);
  expect(updates).toHaveLength(1);
  for (const update of updates) Y.applyUpdate(server, update);
  expect(readMarkOf(server, ROOM)).toEqual({ number: 7 });
  receive();
  await settle();
  expect(disk.rows().outbox).toEqual([]);
});

test('B15 T7 a stale read is made again on the mark that is there then', async () => {
  const { server, disk, sender, updates, receive, setElsewhere, read } = await openSender();
  await read(7);
  // Another device was first: it read to 9 and marked 8 unread.
  setElsewhere({ number: 9, except: [8] });
  sender.received({ type: 'refused', code: 'stale', key: `${USER_ROOTS.reads}/${ROOM}` });
  receive();
  await settle();
  sender.received({ type: 'barrier', id: 1 });
  await settle();
  // What is there says already that 7 is read.
  expect(updates).toHaveLength(1);
  expect(disk.rows().outbox).toEqual([]);
  expect(readMarkOf(server, ROOM)).toEqual({ number: 9, except: [8] });

  await read(12);
  Y.applyUpdate(server, updates[1] ?? new Uint8Array());
  expect(readMarkOf(server, ROOM)).toEqual({ number: 12 });
});

test('B15 marked unread right after it was read: both leave, one after the other', async () => {
  const { server, disk, updates, receive, read, markUnreadFrom } = await openSender();
  await read(7);
  await markUnreadFrom([6, 7]);
  expect(updates).toHaveLength(1);
  for (const update of updates) Y.applyUpdate(server, update);
  receive();
  await settle();
  expect(updates).toHaveLength(2);
  for (const update of updates) Y.applyUpdate(server, update);
  receive();
  await settle();
  expect(readMarkOf(server, ROOM)).toEqual({ number: 7, except: [6, 7] });
  expect(disk.rows().outbox).toEqual([]);
});

test('a read that the document knows already never leaves', async () => {
  const { disk, updates, setElsewhere, receive, read } = await openSender();
  setElsewhere({ number: 9 });
  receive();
  await read(9);
  expect(updates).toEqual([]);
  expect(disk.rows().outbox).toEqual([]);
});

test('B15 a read outlives a copy that is fetched anew', async () => {
  const { server, disk, sender, updates, setElsewhere, receive, read, rebuild } =
    await openSender();
  setElsewhere({ number: 4 });
  receive();
  await read(7);
  rebuild();
  await settle();
  expect(disk.rows().outbox).toHaveLength(1);
  receive();
  await sender.opened();
  await settle();
  Y.applyUpdate(server, updates.at(-1) ?? new Uint8Array());
  expect(readMarkOf(server, ROOM)).toEqual({ number: 7 });
});

test('a refusal of another root’s key is about nothing of mine', async () => {
  const { disk, sender, read } = await openSender();
  await read(7);
  sender.received({ type: 'refused', code: 'shape', key: `drafts/${ROOM}` });
  sender.received({ type: 'barrier', id: 1 });
  await settle();
  expect(disk.rows().outbox).toHaveLength(1);
});
