import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  newMessageId,
  ordered,
  post,
  startHarness,
  until,
  type Harness,
} from '../../test/harness.ts';
import type { Database } from '../platform/database.ts';
import { describeError } from './describeError.ts';

const MARKER = 'MARKER-9120';
const lines: string[] = [];
const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(line) });
let failure: 'none' | 'lost-answer' | 'away' = 'none';
let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({
    wrap: failing,
    log,
  });
});
afterAll(() => harness.stop());

/** The real database, whose commits lose their answer or do not get through while `failure` says so. */
function failing(db: Database): Database {
  return {
    ...db,
    commits: {
      query: async (name, text, values) => {
        if (failure === 'away') throw new Error('connection refused');
        const rows = await db.commits.query<never>(name, text, values);
        if (failure === 'lost-answer') throw new Error('connection reset');
        return rows;
      },
    },
  };
}

test.each(['lost-answer', 'away'] as const)(
  'B2 T9 with commits %s for a while nobody is refused, nothing is doubled, nothing is lost',
  async (kind) => {
    const [ann, bo] = [await harness.person('Ann'), await harness.person('Bo')];
    const roomId = await harness.room([
      [ann, 'owner'],
      [bo, 'member'],
    ]);
    const name = pageDocumentName(roomId, 0);
    const a = await harness.device(ann).attach(name);
    const b = await harness.device(bo).attach(name);
    const ids = [post(a.doc, ann, MARKER)];
    await until('the first', () => ordered(b.doc).length === 1);
    failure = kind;
    for (let i = 0; i < 5; i++) ids.push(post(a.doc, ann, MARKER), post(b.doc, bo, MARKER));
    await until('a sign of trouble', () => a.said.some(({ type }) => type === 'later'));
    failure = 'none';
    await until('everything', () => ordered(a.doc).length === 11 && ordered(b.doc).length === 11);
    expect(ordered(a.doc)).toEqual(ordered(b.doc));
    expect(new Set(ordered(a.doc))).toEqual(new Set(ids));
    expect([...a.closed, ...b.closed]).toEqual([]);
    expect(harness.documents.stats.refused).toEqual({});
    const { n } = await harness.db.kysely
      .selectFrom('messages')
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .where('room_id', '=', roomId)
      .executeTakeFirstOrThrow();
    expect(n).toBe(11);
  },
);

test('D11 message text never reaches the log, not even in what the database says of a row', async () => {
  const row = { id: newMessageId(), page: 0, number: 1, written: 1, arrived: 1, text: MARKER };
  // No author: the database answers with the whole row in the error's detail.
  const refused = sql`insert into messages (id, page, number, written, arrived, text)
    values (${row.id}, ${row.page}, ${row.number}, ${row.written}, ${row.arrived}, ${row.text})`.execute(
    harness.db.kysely,
  );
  const error: unknown = await refused.catch((cause: unknown) => cause);
  expect(JSON.stringify(error)).toContain(MARKER);
  log.warn({ cause: describeError(error) }, 'a turn of the lane failed');
  expect(lines.at(-1)).toContain('23502');
  expect(lines.filter((line) => line.includes(MARKER))).toEqual([]);
});
