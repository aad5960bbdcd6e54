import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDatabase } from '../../test/database.ts';
import { openRoom } from '../../test/roomRig.ts';
import type { Database } from '../platform/database.ts';
import { createUpdateLog } from './updateLog.ts';

let db: Database;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

test('N8 all who wait for the log share one reading', async () => {
  const room = await openRoom(db);
  const log = createUpdateLog(db);
  let readings = 0;
  const { lane } = await room.open(0, {
    ...log,
    load: (name, after) => {
      readings += 1;
      return log.load(name, after);
    },
  });
  readings = 0;
  await Promise.all(Array.from({ length: 50 }, () => lane.catchUp()));
  expect(readings).toBe(1);
});
