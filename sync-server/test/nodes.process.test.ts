import {
  pageDocumentName,
  roomDocumentName,
  userDocumentName,
} from '@skerry/protocol/documentName.ts';
import type { RoomId } from '@skerry/protocol/ids.ts';
import { MAX_USER_DOCUMENT_CLIENTS } from '@skerry/protocol/limits.ts';
import { readOrder, receiptsOf } from '@skerry/protocol/page/pageDoc.ts';
import { parsePresence } from '@skerry/protocol/presence/presence.ts';
import { readMarkOf } from '@skerry/protocol/user/userDoc.ts';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bumpRules } from '../src/documents/accessStore.ts';
import { randomClientId } from '../src/documents/clientId.ts';
import { ALONE } from '../src/platform/bus/bus.ts';
import { openBus } from '../src/platform/bus/openBus.ts';
import { openDatabase } from '../src/platform/database.ts';
import {
  ordered,
  post,
  startHarness,
  until,
  type Attached,
  type Harness,
  type HarnessNode,
  type Person,
} from './harness.ts';
import { createDatabase } from './sqlAccess.ts';
import { startPostgres, type ThrowawayPostgres } from './throwawayPostgres.ts';
import { startRedis, type ThrowawayRedis } from './throwawayRedis.ts';

const SILENT = pino({ level: 'silent' });
let postgres: ThrowawayPostgres;
let redis: ThrowawayRedis;
beforeAll(async () => {
  postgres = await startPostgres();
  redis = await startRedis();
});
afterAll(async () => {
  await postgres.stop();
  await redis.dispose();
});

const opened: Harness[] = [];
afterEach(async () => {
  for (const harness of opened.splice(0)) await harness.stop();
});

interface Pair {
  a: Harness;
  b: HarnessNode;
  ann: Person;
  bo: Person;
  roomId: RoomId;
}

/** Two nodes on a database of their own; Ann and Bo share a room. Ann's devices are at A, Bo's at B. */
async function pair(
  redisUrl: string | undefined,
  options: Partial<Parameters<typeof startHarness>[0]> = {},
): Promise<Pair> {
  const url = await createDatabase(postgres.url);
  const database = await openDatabase({ url, dataDir: '' });
  const a = await startHarness({
    database,
    openBus: (db) => openBus({ db, redisUrl, log: SILENT }),
    ...options,
  });
  opened.push(a);
  const b = await a.secondNode();
  const [ann, bo] = [await a.person('Ann'), await a.person('Bo')];
  const roomId = await a.room([
    [ann, 'owner'],
    [bo, 'member'],
  ]);
  return { a, b, ann, bo, roomId };
}

const connected = ({ a, b }: Pair, reach: string) =>
  until('the nodes hear each other', () => a.bus.reach === reach && b.bus.reach === reach);

async function openPages({ a, b, ann, bo, roomId }: Pair) {
  return { atA: await a.device(ann).page(roomId), atB: await a.device(bo, b.port).page(roomId) };
}

describe.each([
  ['redis', 'instant'],
  ['database', 'polled'],
] as const)('two processes that talk through the %s', (kind, reach) => {
  const start = async () => {
    const nodes = await pair(kind === 'redis' ? redis.url : undefined);
    await connected(nodes, reach);
    return nodes;
  };

  test('T10 T11 240 messages at once: numbers are dense and the same at both, nothing is lost', async () => {
    const nodes = await start();
    const { atA, atB } = await openPages(nodes);
    const ids: string[] = [];
    for (let i = 0; i < 120; i++) {
      ids.push(post(atA.doc, nodes.ann, `a${String(i)}`), post(atB.doc, nodes.bo, `b${String(i)}`));
      // Several frames on their way at both.
      if (i % 10 === 9) await new Promise(setImmediate);
    }
    await until('all at both', () =>
      [atA, atB].every(({ doc }) => readOrder(doc).length === ids.length),
    );
    const numbers = readOrder(atA.doc).map(([, , number]) => number);
    expect(numbers).toEqual(ids.map((_, index) => index + 1));
    expect(ordered(atB.doc)).toEqual(ordered(atA.doc));
    expect(new Set(ordered(atA.doc))).toEqual(new Set(ids));
    const rows = await nodes.a.db.kysely.selectFrom('messages').select(['id', 'number']).execute();
    const stored = rows.sort((x, y) => x.number - y.number).map(({ id }) => id);
    expect(stored).toEqual(ordered(atA.doc));
  });

  test('T10 a message written at one node is seen at the other, in both directions', async () => {
    const nodes = await start();
    const { atA, atB } = await openPages(nodes);
    const id = post(atA.doc, nodes.ann, 'over there?');
    await until('it at B', () => ordered(atB.doc).includes(id), 4_000);
    const answer = post(atB.doc, nodes.bo, 'over here');
    await until('the answer at A', () => ordered(atA.doc).includes(answer), 4_000);
  });

  test('N8 who opens a page at a node that has not heard yet is given all that is stored', async () => {
    const nodes = await start();
    const { b, ann, roomId } = nodes;
    const { atA } = await openPages(nodes);
    const again = nodes.a.device(ann, b.port);
    await again.attach(roomDocumentName(roomId));
    const id = post(atA.doc, ann, 'written at A');
    await until('it to be stored', () => ordered(atA.doc).includes(id));
    expect(ordered((await again.page(roomId)).doc)).toEqual([id]);
  });

  test('B12 D3 access that ends at one node shuts the documents at the other in 5 s', async () => {
    const nodes = await start();
    const { a, b, bo, roomId } = nodes;
    const device = a.device(bo, b.port);
    const [room, page] = [
      await device.attach(roomDocumentName(roomId)),
      await device.attach(pageDocumentName(roomId, 0)),
    ];
    const own = await device.attach(userDocumentName(bo.id));
    await a.db.kysely.deleteFrom('memberships').where('user_id', '=', bo.id).execute();
    await a.documents.accessChanged({ roomId, userId: bo.id });
    await until(
      'both to be closed',
      () => [room, page].every(({ closed }) => closed.includes('not-a-member')),
      5_000,
    );
    expect(own.closed).toEqual([]);
  });

  test('B12 D3 a suspension at one node ends the sockets at the other', async () => {
    const nodes = await start();
    const { a, b, bo, roomId } = nodes;
    const device = a.device(bo, b.port);
    await device.page(roomId);
    await a.db.kysely
      .updateTable('users')
      .set({ suspended_at: Date.now() })
      .where('id', '=', bo.id)
      .execute();
    await a.documents.accessChanged({ userId: bo.id });
    await until('the socket to be closed', () => device.closes.includes(4403), 5_000);
  });

  test('B12 D3 a session that ends at one node loses its sockets at the other', async () => {
    const nodes = await start();
    const { a, b, bo, ann, roomId } = nodes;
    const [boAtB, annAtB] = [a.device(bo, b.port), a.device(ann, b.port)];
    await boAtB.page(roomId);
    await annAtB.page(roomId);
    await a.db.kysely.deleteFrom('sessions').where('id', '=', bo.session).execute();
    a.documents.endSessions([bo.session]);
    await until('the socket to be closed', () => boAtB.closes.includes(4401), 5_000);
    expect(annAtB.closes).toEqual([]);
  });

  test('D2 what the tables say of a room and of a person is seen at the other node', async () => {
    const nodes = await start();
    const { a, b, bo, roomId } = nodes;
    const device = a.device(bo, b.port);
    const room = await device.attach(roomDocumentName(roomId));
    const own = await device.attach(userDocumentName(bo.id));
    await a.db.kysely
      .updateTable('rooms')
      .set({ name: 'renamed' })
      .where('id', '=', roomId)
      .execute();
    await a.documents.refreshRoom(roomId);
    await a.documents.refreshUser(bo.id);
    await until('the room', () => room.doc.getMap('meta').get('name') === 'renamed', 5_000);
    const listed = () => own.doc.getMap<{ name: string; head: number }>('rooms').get(roomId);
    await until('the list of rooms', () => listed()?.name === 'renamed', 5_000);
    await a.db.kysely.updateTable('rooms').set({ head: 1 }).where('id', '=', roomId).execute();
    await a.documents.refreshHead(roomId);
    await until('the head in the list', () => listed()?.head === 1, 5_000);
    await until('the head in the room', () => room.doc.getMap('meta').get('head') === 1, 5_000);
  });

  test('T17 a user document that one node writes anew is dropped at the other at once', async () => {
    const nodes = await start();
    const { a, b, ann, roomId } = nodes;
    const name = userDocumentName(ann.id);
    const atA = await a.device(ann).attach(name);
    const atB = await a.device(ann, b.port).attach(name);
    const mark = async (number: number) => {
      atA.doc.clientID = randomClientId();
      atA.doc.getMap('reads').set(roomId, { number });
      if (number % 50 === 0) await new Promise(setImmediate);
    };
    for (let number = 1; number < MAX_USER_DOCUMENT_CLIENTS; number++) await mark(number);
    // What was told of the marks has been followed before the document is written anew.
    const last = MAX_USER_DOCUMENT_CLIENTS - 1;
    await until('the marks at B', () => readMarkOf(atB.doc, roomId).number === last);
    let told = 0;
    b.bus.subscribe({
      hear: (message) => {
        if (message.type !== 'committed') return;
        for (const [each, version] of message.documents)
          if (each === name) told = Math.max(told, version);
      },
      missed: () => undefined,
    });
    await mark(MAX_USER_DOCUMENT_CLIENTS);
    const written = () =>
      a.db.kysely
        .selectFrom('documents')
        .select(['version', 'rules'])
        .where('name', '=', name)
        .executeTakeFirstOrThrow();
    await until('it is written anew', async () => (await written()).rules === 1);
    const { version } = await written();
    // Where news is slow, B looks by itself.
    await until('B is told', () => told >= version || reach === 'polled');
    await until('B to hear', () => atB.said.some(({ type }) => type === 'rebuild'), 4_000);
    await until('B to be closed', () => atB.closed.length > 0);
    // As our client does: the old copy is dropped, and fetched until it is the new one.
    for (const { provider } of [atA, atB]) provider.destroy();
    await until('the new one', async () => {
      const device = a.device(ann, b.port);
      const { doc } = await device.attach(name);
      device.close();
      return doc.store.clients.size === 1;
    });
  });

  test('R2 a mark set at one node is a receipt on a page that only the other has loaded', async () => {
    const nodes = await start();
    const { a, b, ann, bo, roomId } = nodes;
    const page = await a.device(ann).page(roomId);
    const id = post(page.doc, ann, 'read me');
    await until('it is stored', () => ordered(page.doc).includes(id));
    const own = await a.device(bo, b.port).attach(userDocumentName(bo.id));
    own.doc.getMap('reads').set(roomId, { number: 1 });
    await until('the receipt', () => receiptsOf(page.doc).get(bo.id) === 1, 6_000);
  });

  test('D9 who is here and who types is seen at the other node, and is gone with the line', async () => {
    const nodes = await start();
    const { a, b, ann, bo, roomId } = nodes;
    const name = roomDocumentName(roomId);
    const annsDevice = a.device(ann);
    const atA = await annsDevice.attach(name, { awareness: true });
    atA.provider.setAwarenessField('typing', true);
    // B has not loaded the room until now: it has to ask.
    const bosDevice = a.device(bo, b.port);
    const atB = await bosDevice.attach(name, { awareness: true });
    const here = (at: Attached, whom: Attached) =>
      parsePresence(at.provider.awareness?.getStates().get(whom.doc.clientID));
    await until('Ann at Bo', () => here(atB, atA)?.typing === true, 5_000);
    expect(here(atB, atA)?.user).toEqual({ id: ann.id, name: 'Ann', avatar: '210' });
    atB.provider.setAwarenessField('typing', true);
    await until('Bo at Ann', () => here(atA, atB)?.typing === true, 5_000);
    atA.provider.setAwarenessField('typing', false);
    await until('Ann to be still', () => here(atB, atA)?.typing === undefined, 5_000);
    expect(here(atB, atA)?.user.id).toBe(ann.id);

    atB.provider.awareness?.setLocalState(null);
    await until('Bo to have left', () => here(atA, atB) === undefined, 5_000);
    atB.provider.awareness?.setLocalState({ typing: true });
    await until('Bo to be back', () => here(atA, atB)?.typing === true, 5_000);
    bosDevice.close();
    await until('Bo to be gone', () => here(atA, atB) === undefined, 5_000);
  });
});

test('T22 an update judged under old rules does not commit on a node that heard nothing', async () => {
  const nodes = await pair(undefined, { openBus: () => Promise.resolve(ALONE) });
  const { a, bo, roomId } = nodes;
  const { atA, atB } = await openPages(nodes);
  const before = post(atB.doc, bo, 'as a member');
  await until('Bo is known at B', () => ordered(atB.doc).includes(before));
  await a.db.kysely.deleteFrom('memberships').where('user_id', '=', bo.id).execute();
  await bumpRules(a.db.kysely, { roomId });
  await a.documents.accessChanged({ roomId, userId: bo.id });
  expect(atB.closed).toEqual([]);
  const after = post(atB.doc, bo, 'as nobody');
  await until('the refusal', () => atB.said.some(({ type }) => type === 'refused'));
  expect(atB.said.filter(({ type }) => type === 'refused')).toMatchObject([
    { code: 'not-a-member' },
  ]);
  const rows = await a.db.kysely.selectFrom('messages').select('id').execute();
  expect(rows.map(({ id }) => id)).toEqual([before]);
  expect(ordered(atB.doc)).not.toContain(after);
  expect(ordered(atA.doc)).not.toContain(after);
});
