import type { MessageId, UserId } from '@skerry/protocol/ids.ts';
import * as Y from 'yjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDatabase } from '../../test/database.ts';
import { BO, craft, message, newId } from '../../test/gateRig.ts';
import { openRoom } from '../../test/roomRig.ts';
import type { Database } from '../platform/database.ts';
import { isAheadOfOthers } from './judging.ts';
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

test('N8 a log that cannot be read leaves open what there is, and says nobody is ahead of it', async () => {
  const room = await openRoom(db);
  const log = createUpdateLog(db);
  const state = { isAway: false };
  const { lane, doc } = await room.open(0, {
    ...log,
    load: (name, after) =>
      state.isAway ? Promise.reject(new Error('away')) : log.load(name, after),
  });
  const other = await room.open(0);
  await other.post([newId()]);
  const theirs = Y.decodeStateVector(Y.encodeStateVector(other.doc));
  state.isAway = true;
  expect(await lane.catchUp()).toBe(false);
  expect(await isAheadOfOthers(lane, doc, theirs, BO)).toBe(false);
  state.isAway = false;
  expect(await lane.catchUp()).toBe(true);
  expect(await isAheadOfOthers(lane, doc, theirs, BO)).toBe(false);
});

test('L4 G2 what an update repeats with other words counts on no node', async () => {
  const { ann, open } = await openRoom(db);
  const [writing, following] = [await open(0), await open(0)];
  const id = newId();
  const says = (client: number, key: MessageId, by: UserId, text: string) =>
    craft({ client, items: [{ key, content: new Y.ContentAny([message(by, text)]) }] });
  const [client, higher] = [Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER];
  await writing.lane.submit(says(client, id, ann, 'true'), ann, 'update');
  const repeating = [says(higher, newId(), ann, 'new'), says(client, id, BO, 'false')];
  await writing.lane.submit(Y.mergeUpdates(repeating), ann, 'update');
  await following.lane.catchUp();
  for (const { doc } of [writing, following])
    expect(doc.getMap('messages').get(id)).toEqual(message(ann, 'true'));
});
