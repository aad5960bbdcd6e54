import {
  pageDocumentName,
  roomDocumentName,
  userDocumentName,
} from '@skerry/protocol/documentName.ts';
import type { RoomId } from '@skerry/protocol/ids.ts';
import { MAX_MEMBERS_IN_DOCUMENT, readRoomMeta } from '@skerry/protocol/room/roomDoc.ts';
import { sql, type KyselyPlugin } from 'kysely';
import * as Y from 'yjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ordered, post, startHarness, until, type Harness } from '../../test/harness.ts';

const MEMBERS = 10_000;
/** Bytes: a name, a topic and some settings. */
const MAX_ROOM_DOCUMENT = 2_000;

/** Rows that each query of the server has read or changed. */
let touched: number[] = [];
const counting: KyselyPlugin = {
  transformQuery: ({ node }) => node,
  transformResult: ({ result }) => {
    touched.push(Math.max(result.rows.length, Number(result.numAffectedRows ?? 0)));
    return Promise.resolve(result);
  },
};

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({
    wrap: (db) => ({ ...db, kysely: db.kysely.withPlugin(counting) }),
  });
});
afterAll(() => harness.stop());

async function addMembers(roomId: RoomId): Promise<void> {
  await sql`
    with added as (
      insert into users (id, handle, email, display_name, avatar, created_at)
      select gen_random_uuid(), 'crowd_' || n, 'crowd_' || n || '@example.org', 'Crowd', '1', 1
      from generate_series(1, ${MEMBERS}::int) n returning id
    )
    insert into memberships (room_id, user_id, role, joined_at)
    select ${roomId}::uuid, id, 'member', 1 from added`.execute(harness.db.kysely);
}

test('T18 a room of 10,000 has a small document, and nobody’s visit, words or joining reads or rewrites them all', async () => {
  const [ann, bo] = [await harness.person('Ann'), await harness.person('Bo')];
  const roomId = await harness.room([[ann, 'owner']]);
  await addMembers(roomId);
  touched = [];
  const device = harness.device(ann);
  const room = await device.attach(roomDocumentName(roomId));
  await device.attach(userDocumentName(ann.id));
  const page = await device.attach(pageDocumentName(roomId, 0));
  post(page.doc, ann, 'hello');
  await until('the message', () => ordered(page.doc).length === 1);
  expect(readRoomMeta(room.doc)?.name).toBe(`room ${roomId}`);
  expect(Y.encodeStateAsUpdate(room.doc).length).toBeLessThan(MAX_ROOM_DOCUMENT);

  await harness.db.kysely
    .insertInto('memberships')
    .values({ room_id: roomId, user_id: bo.id, role: 'member', joined_at: 2 })
    .execute();
  await harness.documents.refreshRoom(roomId);
  await harness.documents.refreshUser(bo.id);
  await harness.documents.accessChanged({ roomId, userId: bo.id });
  await harness.documents.accessChanged({ roomId });
  expect((await harness.device(bo).page(roomId)).refused).toBeUndefined();
  expect(Math.max(...touched)).toBeLessThanOrEqual(MAX_MEMBERS_IN_DOCUMENT + 1);
  const documents = await harness.db.kysely
    .selectFrom('updates')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  expect(documents.n).toBeLessThan(20);
});
