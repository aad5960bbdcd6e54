import { defineUser, USER_ROOTS } from '@skerry/protocol/user/userDoc.ts';
import type { ReadMark } from '@skerry/protocol/user/readMark.ts';
import { expect, test } from 'vitest';
import { createDisk } from '../../test/sync/disk.ts';
import { createManualTimers } from '../../test/sync/manualTimers.ts';
import { ANN, ROOM } from '../../test/sync/operations.ts';
import { createOutbox } from './outbox.ts';
import { createRoomReads } from './roomReads.ts';
import { StoredDocument } from './storedDocument.ts';

const ABOUT = { id: ROOM, name: 'General' };
const SERVER = { from: 'the server' };

async function open(mark: ReadMark, since?: number) {
  const user = new StoredDocument({
    name: 'user',
    databaseName: undefined,
    define: defineUser,
    mayWrite: true,
    guarded: true,
  });
  await user.whenLoaded();
  user.receiveFrom(SERVER);
  const receive = (received: ReadMark): void => {
    user.doc.transact(() => user.doc.getMap(USER_ROOTS.reads).set(ROOM, received), SERVER);
  };
  receive(mark);
  const entry = { kind: 'public', name: 'General', role: 'member', head: 0, since };
  if (since !== undefined)
    user.doc.transact(() => user.doc.getMap(USER_ROOTS.rooms).set(ROOM, entry), SERVER);
  const disk = createDisk();
  const outbox = createOutbox(disk.store, () => undefined);
  const reads = createRoomReads({ me: ANN, user, outbox, timers: createManualTimers() });
  return { reads, disk, receive, mark: reads.follow(ROOM) };
}

test('B15 reading shows at once, before the server knows, and nothing is written for what is read', async () => {
  const { reads, disk, mark } = await open({ number: 4 });
  await reads.readUpTo(ABOUT, 4, { number: 4 });
  expect(disk.rows().outbox).toEqual([]);
  await reads.readUpTo(ABOUT, 9, { number: 4 });
  expect(mark.get()).toEqual({ number: 9 });
});

test('B15 reading on takes what was shown as unread, and leaves what was marked so elsewhere meanwhile', async () => {
  const { reads, receive, mark } = await open({ number: 9, except: [5] });
  receive({ number: 9, except: [5, 8] });
  await reads.readUpTo(ABOUT, 10, { number: 9, except: [5] });
  expect(mark.get()).toEqual({ number: 10, except: [8] });
});

test('B15 marking unread takes the messages of others from there on', async () => {
  const { reads, mark } = await open({ number: 6 });
  const messages = [4, 5, 6, 7].map((number) => ({ number, mine: number === 5 }));
  await reads.markUnread(ABOUT, 4, messages);
  expect(mark.get()).toEqual({ number: 6, except: [4, 6] });
});

test('B15 what was there before I joined counts as read, and can be marked unread all the same', async () => {
  const { reads, mark, receive } = await open({ number: 0 }, 40);
  expect(mark.get()).toEqual({ number: 40 });
  await reads.readUpTo(ABOUT, 40, { number: 40 });
  expect(mark.get()).toEqual({ number: 40 });
  await reads.markUnread(ABOUT, 39, [
    { number: 39, mine: false },
    { number: 40, mine: false },
  ]);
  expect(mark.get()).toEqual({ number: 40, except: [39, 40] });
  await reads.readUpTo(ABOUT, 42, { number: 40, except: [39, 40] });
  expect(mark.get()).toEqual({ number: 42 });
  receive({ number: 50 });
  expect(mark.get()).toEqual({ number: 50 });
});
