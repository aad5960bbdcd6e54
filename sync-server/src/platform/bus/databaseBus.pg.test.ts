import { RoomId } from '@skerry/protocol/ids.ts';
import { pino } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openTestDatabase } from '../../../test/database.ts';
import { untilTrue } from '../../../test/untilTrue.ts';
import type { Database } from '../database.ts';
import type { Bus } from './bus.ts';
import { DatabaseBus } from './databaseBus.ts';
import type { NodeMessage } from './nodeMessage.ts';
import { readDatabaseTime } from './nodeMessageStore.ts';

let db: Database;
const opened: Bus[] = [];
beforeAll(async () => {
  db = await openTestDatabase();
});
afterEach(async () => {
  for (const bus of opened.splice(0)) await bus.close();
  await db.kysely.deleteFrom('node_messages').execute();
});
afterAll(() => db.close());

interface Heard {
  bus: Bus;
  messages: NodeMessage[];
  missed: number;
  logged: string[];
}

async function open(handle: Pick<Database, 'kysely'> = db): Promise<Heard> {
  const logged: string[] = [];
  const log = pino({}, { write: (line: string) => logged.push(line) });
  const heard: Heard = {
    bus: await DatabaseBus.open(handle, log),
    messages: [],
    missed: 0,
    logged,
  };
  heard.bus.subscribe({
    hear: (message) => heard.messages.push(message),
    missed: () => heard.missed++,
  });
  opened.push(heard.bus);
  return heard;
}

const roomNews = (): NodeMessage => ({ type: 'room', roomId: RoomId.parse(uuidv7()) });

async function insert(body: string, ageMs: number): Promise<void> {
  await db.kysely
    .insertInto('node_messages')
    .values({ node: 'another', body, at: Date.now() - ageMs })
    .execute();
}

test('N3 news is heard once by all others in the order it was told, and not by the teller', async () => {
  const [ann, bo, cy] = [await open(), await open(), await open()];
  const told = [roomNews(), roomNews(), roomNews()];
  for (const [index, news] of told.entries()) {
    ann.bus.publish(news);
    await untilTrue('it at both', () =>
      [bo, cy].every(({ messages }) => messages.length === index + 1),
    );
  }
  const last = roomNews();
  bo.bus.publish(last);
  await untilTrue('the last one', () => cy.messages.length === 4);
  expect(cy.messages).toEqual([...told, last]);
  expect(bo.messages).toEqual(told);
  expect(ann.messages).toEqual([last]);
});

test('N3 a row that becomes visible after a later one is heard too', async () => {
  const bo = await open();
  const [late, early] = [roomNews(), roomNews()];
  await insert(JSON.stringify({ node: 'another', messages: [late] }), 0);
  await untilTrue('the later row', () => bo.messages.length === 1);
  await insert(JSON.stringify({ node: 'another', messages: [early] }), 2_000);
  await untilTrue('the earlier one', () => bo.messages.length === 2);
  expect(bo.messages).toEqual([late, early]);
});

test('N3 what this version does not know is left out, the rest is heard', async () => {
  const bo = await open();
  const news = roomNews();
  const body = {
    node: 'another',
    messages: [{ type: 'of the future' }, { type: 'room', roomId: 'x' }, news],
  };
  await insert('no JSON', 0);
  await insert(JSON.stringify(body), 0);
  await untilTrue('what is known', () => bo.messages.length > 0);
  expect(bo.messages).toEqual([news]);
});

test('N6 after an outage what waited is told, all look around, and one line was logged', async () => {
  let isAway = false;
  const flaky = {
    get kysely() {
      if (isAway) throw new Error('away');
      return db.kysely;
    },
  };
  const [ann, bo] = [await open(flaky), await open()];
  isAway = true;
  const news = roomNews();
  ann.bus.publish(news);
  await untilTrue('Ann to be cut off', () => ann.bus.reach === 'cut-off');
  ann.bus.publish(roomNews());
  isAway = false;
  await untilTrue('both at Bo', () => bo.messages.length === 2);
  expect(bo.messages[0]).toEqual(news);
  await untilTrue('both to look around', () => ann.missed > 0 && bo.missed > 0);
  expect([ann.missed, bo.missed]).toEqual([1, 1]);
  expect(ann.bus.reach).toBe('polled');
  expect(ann.logged.filter((line) => line.includes('does not get through'))).toHaveLength(1);
});

test('N6 who says more than may wait tells the others to look around', async () => {
  const [ann, bo] = [await open(), await open()];
  const said = Array.from({ length: 1_001 }, roomNews);
  for (const news of said) ann.bus.publish(news);
  await untilTrue('what is left of it', () => bo.messages.length === 1_000);
  expect(bo.messages).toEqual(said.slice(1));
  expect([ann.missed, bo.missed]).toEqual([0, 1]);
});

test('N6 who was away for longer than rows are kept looks around', async () => {
  const now = await readDatabaseTime(db.kysely);
  const log = pino({ level: 'silent' });
  const missed = [0, 0];
  for (const [index, awayMs] of [70_000, 10_000].entries()) {
    const bus = new DatabaseBus(db, log, now - awayMs);
    opened.push(bus);
    bus.subscribe({ hear: () => undefined, missed: () => (missed[index] = 1) });
  }
  const ann = await open();
  ann.bus.publish(roomNews());
  await untilTrue('the one that was away for long', () => missed[0] === 1);
  // Heard by all: the other one has looked by now.
  const bo = await open();
  ann.bus.publish(roomNews());
  await untilTrue('it at Bo', () => bo.messages.length > 0);
  expect(missed).toEqual([1, 0]);
});

test('N3 rows that all have read are deleted', async () => {
  await insert('{}', 120_000);
  await insert('{}', 1_000);
  await open();
  const count = async () =>
    (await db.kysely.selectFrom('node_messages').select('id').execute()).length;
  await untilTrue('one to be left', async () => (await count()) === 1);
});
