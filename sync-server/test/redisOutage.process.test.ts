import { roomDocumentName, userDocumentName } from '@skerry/protocol/documentName.ts';
import { parsePresence } from '@skerry/protocol/presence/presence.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openBus } from '../src/platform/bus/openBus.ts';
import { openDatabase, type Database } from '../src/platform/database.ts';
import { createLogger } from '../src/logger.ts';
import { ordered, post, startHarness, until, type Attached, type Harness } from './harness.ts';
import { createDatabase } from './sqlAccess.ts';
import { startPostgres, type ThrowawayPostgres } from './throwawayPostgres.ts';
import { startRedis, type ThrowawayRedis } from './throwawayRedis.ts';

let postgres: ThrowawayPostgres;
let redis: ThrowawayRedis;
const opened: Harness[] = [];
beforeAll(async () => {
  postgres = await startPostgres();
  redis = await startRedis();
});
afterEach(async () => {
  for (const harness of opened.splice(0)) await harness.stop();
});
afterAll(async () => {
  await postgres.stop();
  await redis.dispose();
});

async function startNodes(redisUrl: string | undefined) {
  const logged: string[] = [];
  const log = createLogger('debug', { write: (line: string) => logged.push(line) });
  const url = await createDatabase(postgres.url);
  const a = await startHarness({
    database: await openDatabase({ url, dataDir: '' }),
    openBus: (db: Database) => openBus({ db, redisUrl, log }),
  });
  opened.push(a);
  const b = await a.secondNode();
  const both = (reach: string) =>
    until(`both ${reach}`, () => a.bus.reach === reach && b.bus.reach === reach);
  return { a, b, both, logged };
}

const presenceOf = (at: Attached, whom: Attached) =>
  parsePresence(at.provider.awareness?.getStates().get(whom.doc.clientID));

test('N1 N4 N6 B12 with Redis killed both nodes go on and look for themselves; with Redis back all is the same', async () => {
  const { a, b, both, logged } = await startNodes(redis.url);
  await both('instant');
  const [ann, bo, cy] = [await a.person('Ann'), await a.person('Bo'), await a.person('Cy')];
  const roomId = await a.room([
    [ann, 'owner'],
    [bo, 'member'],
  ]);
  // No page of it is loaded anywhere, whose rules would tell.
  const quietId = await a.room([[cy, 'member']]);
  const annsDevice = a.device(ann);
  const bosDevice = a.device(bo, b.port);
  const atA = await annsDevice.page(roomId);
  const atB = await bosDevice.page(roomId);
  const bosOwn = await bosDevice.attach(userDocumentName(bo.id));
  const cysRoom = await a.device(cy, b.port).attach(roomDocumentName(quietId));

  await redis.kill();
  await both('cut-off');
  const ids = Array.from({ length: 20 }, (_, i) => [
    post(atA.doc, ann, `a${String(i)}`),
    post(atB.doc, bo, `b${String(i)}`),
  ]).flat();
  await until('all at both', () => [atA, atB].every(({ doc }) => ordered(doc).length === 40));
  expect(ordered(atB.doc)).toEqual(ordered(atA.doc));
  expect(new Set(ordered(atA.doc))).toEqual(new Set(ids));
  await a.db.kysely.deleteFrom('memberships').where('user_id', '=', cy.id).execute();
  await a.documents.accessChanged({ roomId: quietId, userId: cy.id });
  await until('Cy to be out', () => cysRoom.closed.includes('not-a-member'), 5_000);
  // Nothing of Bo's is loaded at A: nobody but B can write it.
  await a.db.kysely
    .updateTable('rooms')
    .set({ name: 'renamed' })
    .where('id', '=', roomId)
    .execute();
  await a.documents.refreshUser(bo.id);

  await redis.start();
  await both('instant');
  const listed = () => bosOwn.doc.getMap<{ name: string }>('rooms').get(roomId)?.name;
  await until('the new name', () => listed() === 'renamed', 5_000);
  const id = post(atA.doc, ann, 'and again');
  await until('it at B', () => ordered(atB.doc).includes(id), 4_000);
  const about = logged.filter((line) => line.includes('Redis'));
  expect(about.filter((line) => line.includes('Redis is away'))).toHaveLength(2);
  expect(about.filter((line) => line.includes('Redis is back'))).toHaveLength(2);
});

test('N6 D9 presence that was not told while Redis was away is told when it is back', async () => {
  const { a, b, both } = await startNodes(redis.url);
  const [ann, bo] = [await a.person('Ann'), await a.person('Bo')];
  const roomId = await a.room([
    [ann, 'owner'],
    [bo, 'member'],
  ]);
  const attach = { awareness: true };
  const atA = await a.device(ann).attach(roomDocumentName(roomId), attach);
  const atB = await a.device(bo, b.port).attach(roomDocumentName(roomId), attach);
  const besideA = await a.device(bo).attach(roomDocumentName(roomId), attach);
  await both('instant');
  await redis.kill();
  await both('cut-off');
  atA.provider.setAwarenessField('typing', true);
  await until('Ann at a neighbour', () => presenceOf(besideA, atA)?.typing === true);
  await redis.start();
  // Well before the 15 s after which a client says it again.
  await until('Ann at B', () => presenceOf(atB, atA)?.typing === true, 8_000);
});

test('N7 nothing of a message is in Redis or in the news table', async () => {
  const marker = 'Kestrel-7316-Marker';
  const forms = [marker, Buffer.from(marker).toString('hex')].concat(
    [0, 1, 2].map((skew) =>
      Buffer.from('x'.repeat(skew) + marker)
        .toString('base64')
        .slice(skew === 0 ? 0 : 4, -4),
    ),
  );
  const isIn = (lines: string[]) => lines.some((line) => forms.some((form) => line.includes(form)));

  for (const redisUrl of [redis.url, undefined]) {
    const { a, b, both } = await startNodes(redisUrl);
    await both(redisUrl === undefined ? 'polled' : 'instant');
    const wire = await redis.listen();
    const newsOf = async () => {
      if (redisUrl !== undefined) return wire.heard;
      const rows = await a.db.kysely.selectFrom('node_messages').select('body').execute();
      return rows.map(({ body }) => body);
    };
    const [ann, bo] = [await a.person('Ann'), await a.person('Bo')];
    const roomId = await a.room([
      [ann, 'owner'],
      [bo, 'member'],
    ]);
    const [annsDevice, bosDevice] = [a.device(ann), a.device(bo, b.port)];
    const [atA, atB] = [await annsDevice.page(roomId), await bosDevice.page(roomId)];
    const room = await annsDevice.attach(userDocumentName(ann.id));
    expect(room.refused).toBeUndefined();
    const id = post(atA.doc, ann, marker);
    await until('it at B', () => ordered(atB.doc).includes(id));
    atA.doc
      .getMap('messages')
      .set(id, { ...(atA.doc.getMap('messages').get(id) as object), editedAt: 1 });
    post(atB.doc, bo, `${marker} again`);
    await until('both at A', () => ordered(atA.doc).length === 2);
    expect(isIn(await newsOf())).toBe(false);

    // The same search finds what does travel: a name that is shown as present.
    await a.db.kysely.updateTable('users').set({ display_name: marker }).execute();
    const here = await a.device(ann).attach(roomDocumentName(roomId), { awareness: true });
    here.provider.setAwarenessField('typing', true);
    await until('the name in the news', async () => isIn(await newsOf()));
    expect(await redis.keys()).toEqual([]);
    wire.close();
  }
});
