import type { MessageId, UserId } from '@skerry/protocol/ids.ts';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  newMessageId,
  ordered,
  startHarness,
  until,
  type Attached,
  type Harness,
  type Person,
} from '../../test/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

async function scene() {
  const [ann, bo, cy] = [
    await harness.person('Ann'),
    await harness.person('Bo'),
    await harness.person('Cy'),
  ];
  const stranger = await harness.person('Stranger');
  const roomId = await harness.room([
    [ann, 'owner'],
    [bo, 'member'],
    [cy, 'member'],
  ]);
  const page = await harness.device(ann).page(roomId);
  const mentioned = async () => {
    const rows = await harness.db.kysely
      .selectFrom('mentions')
      .innerJoin('users', 'users.id', 'mentions.user_id')
      .select(['users.display_name as name', 'mentions.number'])
      .where('room_id', '=', roomId)
      .orderBy('number')
      .orderBy('name')
      .execute();
    return rows.map(({ name, number }) => `${String(number)} ${name}`);
  };
  return { ann, bo, cy, stranger, roomId, page, mentioned };
}

interface Fields {
  mentions?: UserId[];
  thread?: MessageId;
  also?: 1;
}

async function write(page: Attached, by: Person, text: string, fields: Fields = {}) {
  const id = newMessageId();
  page.doc.getMap('messages').set(id, { by: by.id, at: 1, text, ...fields });
  await until('its number', () => ordered(page.doc).includes(id));
  return id;
}

test('T33 a mention is a row for members only, once each, and never for the author', async () => {
  const { ann, bo, cy, stranger, page, mentioned } = await scene();
  const nobody = uuidv7() as UserId;
  const mentions = [bo.id, cy.id, bo.id, ann.id, stranger.id, nobody];
  await write(page, ann, 'hello', { mentions });
  await write(page, ann, 'nobody');
  await write(page, ann, 'again', { mentions: [cy.id] });
  expect(await mentioned()).toEqual(['1 Bo', '1 Cy', '3 Cy']);
});

test('T33 an edit adds and removes mentions, a delete removes them all', async () => {
  const { ann, bo, cy, page, mentioned } = await scene();
  await write(page, ann, 'first', { mentions: [bo.id] });
  const id = await write(page, ann, 'second', { mentions: [bo.id] });
  const messages = page.doc.getMap('messages');
  const edited = { by: ann.id, at: 1, text: 'second!', editedAt: 2 };
  messages.set(id, { ...edited, mentions: [cy.id, ann.id] });
  await until('the edit', async () => (await mentioned()).includes('2 Cy'));
  expect(await mentioned()).toEqual(['1 Bo', '2 Cy']);
  messages.set(id, { by: ann.id, at: 1, deleted: true });
  await until('the delete', async () => (await mentioned()).length === 1);
  expect(await mentioned()).toEqual(['1 Bo']);
});

test('T32 what stays in its thread is marked, what is also said in the room is not', async () => {
  const { ann, roomId, page } = await scene();
  const thread = await write(page, ann, 'root');
  await write(page, ann, 'in the thread', { thread });
  await write(page, ann, 'in both', { thread, also: 1 });
  const rows = await harness.db.kysely
    .selectFrom('messages')
    .select(['text', 'in_thread_only'])
    .where('room_id', '=', roomId)
    .orderBy('number')
    .execute();
  expect(rows.map(({ text, in_thread_only }) => [text, in_thread_only])).toEqual([
    ['root', false],
    ['in the thread', true],
    ['in both', false],
  ]);
});

test('T33 the mentions of one message are found by an index, whoever was mentioned', async () => {
  const { ann, roomId } = await scene();
  await sql`insert into mentions (user_id, room_id, number)
    select ${ann.id}::uuid, ${roomId}::uuid, n from generate_series(1, 20000) n`.execute(
    harness.db.kysely,
  );
  await sql`analyze mentions`.execute(harness.db.kysely);
  const { rows } = await sql<{ 'QUERY PLAN': string }>`explain
    delete from mentions where room_id = ${roomId}::uuid and number = 7`.execute(harness.db.kysely);
  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('mentions_message');
});
