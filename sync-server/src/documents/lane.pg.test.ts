import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import { RoomId, UserId, type MessageId } from '@skerry/protocol/ids.ts';
import { definePage, peopleOf, readOrder } from '@skerry/protocol/page/pageDoc.ts';
import { v7 as uuidv7 } from 'uuid';
import * as Y from 'yjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDatabase } from '../../test/database.ts';
import { message, newId, set, write } from '../../test/gateRig.ts';
import { systemClock } from '../platform/clock.ts';
import type { CommitConnection, Database } from '../platform/database.ts';
import { bumpRules, createAccessStore, type RoomAccess } from './accessStore.ts';
import { randomClientId } from './clientId.ts';
import { compactDocument } from './compaction.ts';
import { Lane } from './lane.ts';
import { createUpdateLog } from './updateLog.ts';

const ANN = UserId.parse(uuidv7());
const BO = UserId.parse(uuidv7());

let db: Database;
beforeAll(async () => {
  db = await openTestDatabase();
  for (const [id, handle] of [
    [ANN, 'ann'],
    [BO, 'bo'],
  ] as const) {
    const email = `${handle}@example.org`;
    const times = { created_at: 1, email_verified_at: null, suspended_at: null };
    await db.kysely
      .insertInto('users')
      .values({ id, handle, email, display_name: handle, avatar: '1', ...times })
      .execute();
  }
});
afterAll(() => db.close());

async function newRoom(): Promise<RoomId> {
  const id = RoomId.parse(uuidv7());
  await db.kysely
    .insertInto('rooms')
    .values({
      id,
      kind: 'public',
      name: id,
      archived_at: null,
      settings: '{}',
      created_by: ANN,
      created_at: 1,
    })
    .execute();
  for (const user_id of [ANN, BO])
    await db.kysely
      .insertInto('memberships')
      .values({ room_id: id, user_id, role: 'member', joined_at: 1 })
      .execute();
  return id;
}

interface Node {
  lane: Lane;
  doc: Y.Doc;
  stats: { gates: number; conflicts: number; failures: number };
}

/** A lane as one process has it: its own live document and server client id. */
async function startNode(
  roomId: RoomId,
  commits: CommitConnection = db.commits,
  access: RoomAccess = createAccessStore(db),
): Promise<Node> {
  const doc = new Y.Doc();
  const stats = { gates: 0, conflicts: 0, failures: 0 };
  const lane = new Lane({
    name: pageDocumentName(roomId, 0),
    doc,
    log: createUpdateLog({ kysely: db.kysely, commits }),
    access,
    clock: systemClock,
    serverClientId: randomClientId(),
    stats,
  });
  await lane.open();
  return { lane, doc, stats };
}

function posting(id: MessageId = newId(), by: UserId = ANN, text = 'x'): Uint8Array {
  const fork = new Y.Doc();
  definePage(fork);
  fork.clientID = randomClientId();
  return write(fork, (doc) => set(doc, id, message(by, text)));
}

/** A commit connection that loses answers or does not get through, as told. */
function flaky(): CommitConnection & { next: 'works' | 'loses-answer' | 'fails' } {
  const connection: ReturnType<typeof flaky> = {
    next: 'works',
    query: async <Row>(name: string, text: string, values: unknown[]) => {
      const { next } = connection;
      connection.next = 'works';
      if (next === 'fails') throw new Error('connection reset');
      const rows = await db.commits.query<Row>(name, text, values);
      if (next === 'loses-answer') throw new Error('connection reset');
      return rows;
    },
  };
  return connection;
}

async function numbersInDatabase(roomId: RoomId): Promise<[MessageId, number][]> {
  const rows = await db.kysely
    .selectFrom('messages')
    .select(['id', 'number'])
    .where('room_id', '=', roomId)
    .orderBy('number')
    .execute();
  return rows.map(({ id, number }) => [id, number]);
}

function numbersIn(doc: Y.Doc): [MessageId, number][] {
  return readOrder(doc).map(([id, , number]) => [id, number]);
}

describe('L3 T9 when the outcome is unknown', () => {
  test('nobody is refused, and a COMMIT whose answer was lost is found and not repeated', async () => {
    const roomId = await newRoom();
    const commits = flaky();
    const { lane, doc, stats } = await startNode(roomId, commits);
    const update = posting();
    commits.next = 'loses-answer';
    expect(await lane.submit(update, ANN, 'update')).toEqual({
      kind: 'later',
      reason: 'unavailable',
    });
    expect(await lane.submit(update, ANN, 'update')).toEqual({ kind: 'nothing' });
    expect(await lane.submit(posting(), ANN, 'update')).toMatchObject({ kind: 'accept' });
    expect(numbersIn(doc)).toEqual(await numbersInDatabase(roomId));
    expect(numbersIn(doc).map(([, number]) => number)).toEqual([1, 2]);
    expect(stats.failures).toBe(1);
  });

  test('an update that did not get through goes through the next time', async () => {
    const roomId = await newRoom();
    const commits = flaky();
    const { lane, doc } = await startNode(roomId, commits);
    const update = posting();
    commits.next = 'fails';
    expect((await lane.submit(update, ANN, 'update')).kind).toBe('later');
    expect(doc.getMap('messages').size).toBe(0);
    expect(await lane.submit(update, ANN, 'update')).toMatchObject({ kind: 'accept', messages: 1 });
  });
});

test('L4 T10 T11 two nodes on one page: numbers stay dense and equal, and nobody is refused', async () => {
  const roomId = await newRoom();
  const nodes = [await startNode(roomId), await startNode(roomId)] as const;
  const verdicts = await Promise.all(
    nodes.flatMap(({ lane }, index) =>
      Array.from({ length: 40 }, () =>
        lane.submit(posting(newId(), index === 0 ? ANN : BO), index === 0 ? ANN : BO, 'update'),
      ),
    ),
  );
  expect(new Set(verdicts.map(({ kind }) => kind))).toEqual(new Set(['accept']));
  await Promise.all(nodes.map(({ lane }) => lane.catchUp()));
  const stored = await numbersInDatabase(roomId);
  expect(stored.map(([, number]) => number)).toEqual(stored.map((_, index) => index + 1));
  expect(stored.length).toBe(80);
  for (const { doc } of nodes) expect(numbersIn(doc)).toEqual(stored);
  expect(nodes[0].stats.conflicts + nodes[1].stats.conflicts).toBeGreaterThan(0);
});

test('L5 T15 nobody ever sees a message without its order entry', async () => {
  const { lane, doc } = await startNode(await newRoom());
  let seenWithout = 0;
  doc.on('update', () => {
    const ordered = new Set(readOrder(doc).map(([id]) => id));
    for (const id of doc.getMap('messages').keys())
      if (!ordered.has(id as MessageId)) seenWithout++;
  });
  await Promise.all(
    Array.from({ length: 50 }, (_, i) => {
      const by = i % 2 === 0 ? ANN : BO;
      return lane.submit(posting(newId(), by), by, 'update');
    }),
  );
  expect(readOrder(doc).length).toBe(50);
  expect(seenWithout).toBe(0);
});

test('L6 a restart continues the numbers, under another server client id', async () => {
  const roomId = await newRoom();
  const before = await startNode(roomId);
  await before.lane.submit(posting(), ANN, 'update');
  before.lane.close();
  expect((await before.lane.submit(posting(), ANN, 'update')).kind).toBe('later');
  const after = await startNode(roomId);
  expect(numbersIn(after.doc)).toEqual(numbersIn(before.doc));
  await after.lane.submit(posting(newId(), BO), BO, 'update');
  expect(numbersIn(after.doc).map(([, number]) => number)).toEqual([1, 2]);
});

test('L7 T13 an id that the room has on another page is a duplicate, found in the commit', async () => {
  const roomId = await newRoom();
  const id = newId();
  await db.kysely
    .insertInto('messages')
    .values({
      room_id: roomId,
      id,
      page: 1,
      author: ANN,
      number: 900,
      written: 1,
      arrived: 1,
      text: 'x',
      edited_at: null,
      thread: null,
    })
    .execute();
  const { lane } = await startNode(roomId);
  expect(await lane.submit(posting(id), ANN, 'update')).toMatchObject({ code: 'duplicate' });
  expect(await lane.submit(posting(id, BO), BO, 'update')).toMatchObject({ hostile: 'author' });
});

test('L8 T22 a verdict reached under old rules does not commit', async () => {
  const roomId = await newRoom();
  const { lane, stats } = await startNode(roomId);
  await lane.submit(posting(), BO, 'update');
  await lane.submit(posting(newId(), BO), BO, 'update');
  await db.kysely
    .deleteFrom('memberships')
    .where('room_id', '=', roomId)
    .where('user_id', '=', BO)
    .execute();
  // Another node's access change: this lane is not told.
  await bumpRules(db.kysely, { roomId });
  const verdict = await lane.submit(posting(newId(), BO), BO, 'update');
  expect(verdict).toMatchObject({ kind: 'refuse', code: 'not-a-member' });
  expect(stats.conflicts).toBe(1);
});

test('L8 who is outdated while another one is looked up is looked up again, not refused', async () => {
  const roomId = await newRoom();
  const store = createAccessStore(db);
  let isJoining = false;
  const { lane, doc } = await startNode(roomId, db.commits, {
    loadStandings: async (room, userIds) => {
      const found = await store.loadStandings(room, userIds);
      // Somebody joins, and Bo takes another name, after this was read.
      if (isJoining) {
        isJoining = false;
        await db.kysely
          .updateTable('users')
          .set({ display_name: 'Robert' })
          .where('id', '=', BO)
          .execute();
        lane.outdateRules();
      }
      return found;
    },
  });
  const say = (by: UserId) => {
    const fork = new Y.Doc();
    definePage(fork);
    fork.clientID = randomClientId();
    return lane.submit(
      write(fork, (doc) => set(doc, newId(), message(by, 'hello'))),
      by,
      'update',
    );
  };
  expect(await say(ANN)).toMatchObject({ kind: 'accept', messages: 1 });
  isJoining = true;
  const verdicts = await Promise.all([say(ANN), say(BO)]);
  expect(verdicts.map(({ kind }) => kind)).toEqual(['accept', 'accept']);
  expect(peopleOf(doc).get(BO)).toEqual(['Robert', '1']);
});

test('L9 T8 a batch that the database refuses does not fail the others of its group', async () => {
  const log = createUpdateLog(db);
  const rooms = await Promise.all([newRoom(), newRoom(), newRoom()]);
  const commits = rooms.map(async (roomId, index) => {
    const name = pageDocumentName(roomId, 0);
    const { version, rules } = await log.load(name, -1);
    return { name, version, rules, update: posting(), roomId, index };
  });
  const entries = await Promise.all(commits);
  const outcomes = await Promise.allSettled(
    entries.map(({ roomId, index, ...entry }) =>
      log.commit({
        ...entry,
        posts: [
          {
            roomId,
            page: 0,
            id: newId(),
            author: ANN,
            number: 1,
            written: 1,
            arrived: 1,
            text: index === 1 ? 'a\0b' : 'fine',
            thread: null,
            inThreadOnly: false,
            quoted: null,
          },
        ],
      }),
    ),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

describe('L10 compaction', () => {
  test('T26 a load that races with it misses nothing', async () => {
    const roomId = await newRoom();
    const name = pageDocumentName(roomId, 0);
    const { lane, doc } = await startNode(roomId);
    const log = createUpdateLog(db);
    let holes = 0;
    for (let round = 0; round < 10; round++) {
      for (let i = 0; i < 5; i++) await lane.submit(posting(), ANN, 'update');
      const [stored] = await Promise.all([log.load(name, -1), compactDocument(db, name)]);
      const copy = new Y.Doc();
      for (const update of stored.updates) Y.applyUpdate(copy, update);
      if (copy.getMap('messages').size !== doc.getMap('messages').size) holes++;
      if (copy.store.pendingStructs !== null) holes++;
    }
    expect(holes).toBe(0);
    expect(numbersIn((await startNode(roomId)).doc)).toEqual(numbersIn(doc));
  });

  test('forgets overwritten text and keeps the version, so that lanes go on', async () => {
    const roomId = await newRoom();
    const name = pageDocumentName(roomId, 0);
    const { lane, doc } = await startNode(roomId);
    const id = newId();
    await lane.submit(posting(id, ANN, 'MARKER-4711'), ANN, 'update');
    const fork = new Y.Doc();
    Y.applyUpdate(fork, Y.encodeStateAsUpdate(doc));
    fork.clientID = randomClientId();
    const tombstone = { by: ANN, at: 1_000, deleted: true };
    await lane.submit(
      write(fork, (page) => set(page, id, tombstone)),
      ANN,
      'update',
    );
    const holdsMarker = async () => {
      const { snapshot } = await db.kysely
        .selectFrom('documents')
        .select('snapshot')
        .where('name', '=', name)
        .executeTakeFirstOrThrow();
      const rows = await db.kysely
        .selectFrom('updates')
        .select('data')
        .where('name', '=', name)
        .execute();
      return [snapshot ?? new Uint8Array(), ...rows.map(({ data }) => data)].some((bytes) =>
        Buffer.from(bytes).includes('MARKER-4711'),
      );
    };
    expect(await holdsMarker()).toBe(true);
    const { version } = lane;
    expect(await compactDocument(db, name)).toBe(version);
    expect(await holdsMarker()).toBe(false);
    expect((await lane.submit(posting(), ANN, 'update')).kind).toBe('accept');
  });

  test('refuses a log with a hole', async () => {
    const roomId = await newRoom();
    const name = pageDocumentName(roomId, 0);
    const { lane } = await startNode(roomId);
    const fork = new Y.Doc();
    definePage(fork);
    fork.clientID = randomClientId();
    await lane.submit(
      write(fork, (doc) => set(doc, newId(), message(ANN, 'a'))),
      ANN,
      'update',
    );
    await lane.submit(
      write(fork, (doc) => set(doc, newId(), message(ANN, 'b'))),
      ANN,
      'update',
    );
    await db.kysely
      .deleteFrom('updates')
      .where('name', '=', name)
      .where('version', '=', 1)
      .execute();
    await expect(compactDocument(db, name)).rejects.toThrow('hole');
  });
});
