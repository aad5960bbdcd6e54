import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import type { MessageId } from '@skerry/protocol/ids.ts';
import { messagesOf } from '@skerry/protocol/page/pageDoc.ts';
import type * as Y from 'yjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../test/gateRig.ts';
import { startHarness, type Harness } from '../../test/harness.ts';
import { newIds, openRoom, type RoomRig } from '../../test/roomRig.ts';
import { untilTrue } from '../../test/untilTrue.ts';
import type { Database } from '../platform/database.ts';
import { closePage } from '../documents/rotation.ts';
import { createUpdateLog } from '../documents/updateLog.ts';
import { redactMessage } from './redactMessage.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

/** A room on its second page, whose only message is on the first: `log` is how this process writes the second. */
async function stage(log = createUpdateLog(harness.db)) {
  const room = await openRoom(harness.db);
  const first = await room.open(0);
  const [id] = newIds(1) as [MessageId];
  expect(await first.post([id])).toMatchObject({ kind: 'accept' });
  const full = { roomId: room.roomId, page: 0, version: first.lane.version, nextNumber: 2 };
  expect(await closePage(harness.db, full)).toBe(true);
  const page = await room.open(1, log);
  return { room, id, page };
}

function replying({ ann }: RoomRig, id: MessageId, quoted: MessageId, quote: string) {
  const replyTo = { id: quoted, by: ann, quote };
  return (doc: Y.Doc) => messagesOf(doc).set(id, { by: ann, at: 1, text: 'so it is', replyTo });
}

async function redact({ roomId, ann }: RoomRig, messageId: MessageId): Promise<void> {
  const { db, documents } = harness;
  const deps = { db, documents, clock: Date.now, queueErasure: () => Promise.resolve() };
  const done = await redactMessage(deps, { roomId, messageId, actorId: ann });
  expect(done).toEqual({ ok: true, value: undefined });
}

async function rowsWith(words: string, { roomId }: RoomRig): Promise<number> {
  const name = pageDocumentName(roomId, 1);
  const snapshot = await harness.db.kysely
    .selectFrom('documents')
    .select('snapshot as data')
    .where('name', '=', name)
    .execute();
  const rows = await harness.db.kysely
    .selectFrom('updates')
    .select('data')
    .where('name', '=', name)
    .execute();
  return [...snapshot, ...rows].filter(({ data }) => data && Buffer.from(data).includes(words))
    .length;
}

test('B9 G12 a reply that comes late does not bring erased words back, on whichever page it comes', async () => {
  const { room, id } = await stage();
  await redact(room, id);
  // In a process that loads the page after that.
  const page = await room.open(1);
  const late = newId();
  const verdict = await page.change(replying(room, late, id, 'the erased words'));
  expect(verdict).toMatchObject({ kind: 'refuse', code: 'removed', key: `messages/${late}` });
  expect(await rowsWith('the erased words', room)).toBe(0);
  // Beside it everything goes on, also a reply without the words.
  expect(await page.change(replying(room, newId(), id, ''))).toMatchObject({ kind: 'accept' });
  const [other] = newIds(1) as [MessageId];
  expect(await page.post([other])).toMatchObject({ kind: 'accept' });
  const good = await page.change(replying(room, newId(), other, 'what was said'));
  expect(good).toMatchObject({ kind: 'accept' });
});

test('B9 T22 a reply that commits while its message is redacted elsewhere is judged again', async () => {
  let held: (() => void) | undefined;
  const slow: Pick<Database, 'kysely' | 'commits'> = {
    kysely: harness.db.kysely,
    commits: {
      query: async (name, text, values) => {
        if (held === undefined) await new Promise<void>((resolve) => (held = resolve));
        return harness.db.commits.query(name, text, values);
      },
    },
  };
  const { room, id, page } = await stage(createUpdateLog(slow));
  const verdict = page.change(replying(room, newId(), id, 'the erased words'));
  await untilTrue('it to be on its way', () => held !== undefined);
  await redact(room, id);
  held?.();
  expect(await verdict).toMatchObject({ kind: 'refuse', code: 'removed' });
  expect(await rowsWith('the erased words', room)).toBe(0);
});

test('B9 T10 the quote goes too where the process that redacts has not heard of the reply', async () => {
  const { room, id, page } = await stage();
  const name = pageDocumentName(room.roomId, 1);
  // Loaded there, and told nothing of what others commit.
  const { ann } = room;
  const session = { id: ann, name: 'Ann', session: 'the session of Ann' };
  await harness.db.kysely
    .insertInto('sessions')
    .values({
      ...{ id: session.session, user_id: ann, expires_at: new Date(Date.now() + 1e6) },
      ...{ created_at: 1, last_seen_at: 1, remember: true, device_name: 'x', public_id: 'x' },
    })
    .execute();
  const device = harness.device(session);
  await device.attach(name);
  const reply = newId();
  expect(await page.change(replying(room, reply, id, 'the quoted words'))).toMatchObject({
    kind: 'accept',
  });
  await redact(room, id);
  expect(await rowsWith('the quoted words', room)).toBe(0);
  await page.lane.catchUp();
  expect(messagesOf(page.doc).get(reply)).toMatchObject({ replyTo: { quote: '' } });
  device.close();
});
