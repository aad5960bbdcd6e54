import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import type { MessageId, RoomId } from '@skerry/protocol/ids.ts';
import { messagesOf, redactionsOf } from '@skerry/protocol/page/pageDoc.ts';
import { readRoomMembers } from '@skerry/protocol/room/roomDoc.ts';
import { readRoomList } from '@skerry/protocol/user/userDoc.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  newMessageId,
  ordered,
  post,
  startHarness,
  until,
  type Harness,
  type Person,
} from '../../test/harness.ts';
import type { AccessPort } from '../memberships/accessPort.ts';
import { leaveRoom } from '../memberships/leaveRoom.ts';
import type { Database } from '../platform/database.ts';
import { liftEndedSuspension } from './liftSuspension.ts';
import { redactMessage } from './redactMessage.ts';
import { removeMember } from './removeMember.ts';
import { suspendAccount } from './suspendAccount.ts';

/** Commits that wait on their way to the database; undefined: none has to. */
let held: (() => void)[] | undefined;
const holding = (db: Database): Database => ({
  ...db,
  commits: {
    query: async <Row>(name: string, text: string, values: unknown[]) => {
      if (held !== undefined) await new Promise<void>((go) => held?.push(go));
      return db.commits.query<Row>(name, text, values);
    },
  },
});
function release() {
  const waiting = held ?? [];
  held = undefined;
  for (const go of waiting) go();
}

let harness: Harness;
let admin: Person;
beforeAll(async () => {
  harness = await startHarness({ wrap: holding });
  admin = await newAdmin();
});
afterAll(() => harness.stop());

async function newAdmin(): Promise<Person> {
  const person = await harness.person('Admin');
  await harness.db.kysely
    .updateTable('users')
    .set({ role: 'admin' })
    .where('id', '=', person.id)
    .execute();
  return person;
}

const deps = (access: AccessPort = harness.documents) => ({
  db: harness.db,
  clock: Date.now,
  documents: harness.documents,
  access,
  endSessions: access.endSessions,
  queueErasure: () => Promise.resolve(),
});
const done = { ok: true, value: undefined };
const refused = (error: string) => ({ ok: false, error });

async function people() {
  const [ann, bo, cy, out] = [
    await harness.person('Ann'),
    await harness.person('Bo'),
    await harness.person('Cy'),
    await harness.person('Out'),
  ];
  const roomId = await harness.room([
    [ann, 'owner'],
    [cy, 'moderator'],
    [bo, 'member'],
  ]);
  return { ann, bo, cy, out, roomId };
}

function audited(target: string) {
  return harness.db.kysely
    .selectFrom('audit')
    .select(['actor_id', 'action', 'reason'])
    .where('target', '=', target)
    .execute();
}

function remove(roomId: RoomId, user: Person, actor: Person, access?: AccessPort) {
  const cmd = { roomId, userId: user.id, actorId: actor.id, reason: 'for a reason' };
  return removeMember(deps(access), cmd);
}

function suspend(user: Person, actor: Person, endsAt?: number) {
  const cmd = { userId: user.id, actorId: actor.id, reason: 'for a reason' };
  return suspendAccount(deps(), { ...cmd, ...(endsAt === undefined ? {} : { endsAt }) });
}

async function posted(roomId: RoomId, by: Person): Promise<MessageId> {
  const device = harness.device(by);
  const page = await device.page(roomId);
  const id = post(page.doc, by, 'something');
  await until('it to be stored', () => ordered(page.doc).includes(id));
  device.close();
  return id;
}

function storedBy(person: Person) {
  return harness.db.kysely
    .selectFrom('messages')
    .select(['id', 'text', 'deleted'])
    .where('author', '=', person.id)
    .orderBy('number')
    .execute();
}

test('B8 a redaction beats an edit that its author made offline', async () => {
  const { ann, bo, roomId } = await people();
  const device = harness.device(bo);
  const [page, reader] = [await device.page(roomId), await harness.device(ann).page(roomId)];
  const id = post(page.doc, bo, 'not nice');
  await until('it to be stored', () => ordered(reader.doc).includes(id));
  device.socket.disconnect();
  await until('the line to be down', () => device.closes.length > 0);
  const before = messagesOf(page.doc).get(id) as object;
  messagesOf(page.doc).set(id, { ...before, text: 'even worse', editedAt: 2 });
  const cmd = { roomId, messageId: id, actorId: ann.id, reason: 'manners' };
  expect(await redactMessage(deps(), cmd)).toEqual(done);
  await device.socket.connect();
  await until('the refusal', () =>
    page.said.some((said) => said.type === 'refused' && said.code === 'removed'),
  );
  await until('the reader to have it', () => redactionsOf(reader.doc).has(id));
  expect(messagesOf(reader.doc).get(id)).toMatchObject({ by: bo.id, deleted: true });
  expect(redactionsOf(reader.doc).get(id)).toMatchObject({ by: ann.id, reason: 'manners' });
  expect(await storedBy(bo)).toEqual([{ id, text: null, deleted: true }]);
  expect(await audited(id)).toEqual([
    { actor_id: ann.id, action: 'message.redacted', reason: 'manners' },
  ]);
});

test('M4 redacting twice is redacting once, also of two at once and after the author deleted', async () => {
  const { ann, bo, cy, roomId } = await people();
  const id = await posted(roomId, bo);
  const by = (actor: Person) => redactMessage(deps(), { roomId, messageId: id, actorId: actor.id });
  expect(await Promise.all([by(ann), by(cy)])).toEqual([done, done]);
  expect(await by(ann)).toEqual(done);
  expect(await audited(id)).toHaveLength(1);

  const device = harness.device(bo);
  const page = await device.page(roomId);
  const own = post(page.doc, bo, 'mine');
  await until('it to be stored', () => ordered(page.doc).includes(own));
  const { at } = messagesOf(page.doc).get(own) as { at: number };
  messagesOf(page.doc).set(own, { by: bo.id, at, deleted: true });
  await until('it to be deleted', async () => (await storedBy(bo))[1]?.deleted === true);
  const again = { roomId, messageId: own, actorId: ann.id };
  expect(await redactMessage(deps(), again)).toEqual(done);
  await until('the mark', () => redactionsOf(page.doc).has(own));
});

test('L12 a closed page that nobody has open is redacted too, and is not kept open', async () => {
  const { ann, bo, roomId } = await people();
  const id = await posted(roomId, bo);
  await harness.db.kysely
    .updateTable('documents')
    .set({ closed: true })
    .where('name', '=', pageDocumentName(roomId, 0))
    .execute();
  await harness.restart();
  expect(await redactMessage(deps(), { roomId, messageId: id, actorId: ann.id })).toEqual(done);
  const page = await harness.device(ann).page(roomId);
  expect(redactionsOf(page.doc).has(id)).toBe(true);
  expect(messagesOf(page.doc).get(id)).toMatchObject({ deleted: true });
});

test('M1 owners, moderators and administrators redact; members, strangers and ex-moderators do not', async () => {
  const { ann, bo, cy, out, roomId } = await people();
  const hidden = await harness.room([[ann, 'owner']], 'private');
  const id = await posted(roomId, ann);
  const as = (actor: Person, room = roomId, messageId = id) =>
    redactMessage(deps(), { roomId: room, messageId, actorId: actor.id });
  expect(await as(bo)).toEqual(refused('forbidden'));
  expect(await as(out)).toEqual(refused('forbidden'));
  expect(await as(out, hidden)).toEqual(refused('room-not-found'));
  expect(await as(ann, roomId, newMessageId())).toEqual(refused('no-message'));
  expect(await as(ann, hidden)).toEqual(refused('no-message'));
  await remove(roomId, cy, ann);
  expect(await as(cy)).toEqual(refused('forbidden'));
  expect(await audited(id)).toEqual([]);
  expect(await as(admin)).toEqual(done);
});

test('T22 M4 who loses the right while a redaction is on its way has not redacted', async () => {
  const { ann, bo, cy, roomId } = await people();
  const id = await posted(roomId, bo);
  held = [];
  const redacting = redactMessage(deps(), { roomId, messageId: id, actorId: cy.id });
  await until('the commit to wait', () => held?.length === 1);
  await expect(remove(roomId, cy, ann, dying())).rejects.toThrow('died');
  release();
  expect(await redacting).toEqual(refused('forbidden'));
  expect(await audited(id)).toEqual([]);
  expect((await storedBy(bo))[0]?.text).toBe('something');
});

/** A process that ends right after the commit. */
function dying(): AccessPort {
  const die = () => Promise.reject(new Error('the process died'));
  return {
    refreshRoom: die,
    refreshUser: die,
    accessChanged: die,
    endSessions: () => undefined,
  };
}

test.each(['removeMember', 'leaveRoom', 'suspendAccount'] as const)(
  'T22 L8 M3 an update judged before %s does not commit after it, though the process ends there',
  async (operation) => {
    const { ann, bo, roomId } = await people();
    const page = await harness.device(bo).page(roomId);
    const reader = await harness.device(ann).page(roomId);
    held = [];
    const id = post(page.doc, bo, 'too late');
    await until('the commit to wait', () => held?.length === 1);
    const ends = {
      removeMember: () => remove(roomId, bo, ann, dying()),
      leaveRoom: () => leaveRoom(deps(dying()), { roomId, userId: bo.id }),
      suspendAccount: () =>
        suspendAccount(deps(dying()), { userId: bo.id, actorId: admin.id, reason: 'x' }),
    };
    await expect(ends[operation]()).rejects.toThrow('died');
    release();
    await until('the refusal', () =>
      page.said.some((said) => said.type === 'refused' && said.code === 'not-a-member'),
    );
    const after = post(reader.doc, ann, 'life goes on');
    await until('the next one', () => ordered(reader.doc).includes(after));
    expect(messagesOf(reader.doc).has(id)).toBe(false);
    expect(await storedBy(bo)).toEqual([]);
  },
);

test('B11 removed while offline with five unsent: the server has none of them', async () => {
  const { ann, bo, roomId } = await people();
  const other = await harness.room([[bo, 'member']]);
  const device = harness.device(bo);
  const [page, otherPage] = [await device.page(roomId), await device.page(other)];
  device.socket.disconnect();
  await until('the line to be down', () => device.closes.length > 0);
  for (let n = 0; n < 5; n++) post(page.doc, bo, `unsent ${String(n)}`);
  const kept = post(otherPage.doc, bo, 'elsewhere');
  expect(await remove(roomId, bo, ann)).toEqual(done);
  await device.socket.connect();
  await until('the other room to go on', () => ordered(otherPage.doc).includes(kept));
  await until('the answer', () => page.refused !== undefined);
  expect(page.refused).toBe('not-a-member');
  expect((await storedBy(bo)).map(({ id }) => id)).toEqual([kept]);
});

test('B12 M4 a removed member loses the room at once, with its reason in the audit log', async () => {
  const { ann, bo, cy, roomId } = await people();
  const other = await harness.room([[bo, 'member']]);
  const device = harness.device(bo);
  const [page, otherPage] = [await device.page(roomId), await device.page(other)];
  const own = await device.attach(`user:${bo.id}`);
  const room = await harness.device(ann).attach(`room:${roomId}`);
  expect(await remove(roomId, bo, cy)).toEqual(done);
  expect(await remove(roomId, bo, cy)).toEqual(done);
  await until('the page to be closed', () => page.closed.length > 0);
  expect(page.closed).toEqual(['not-a-member']);
  await until('the list', () => !readRoomList(own.doc).has(roomId));
  await until('the members', () => !readRoomMembers(room.doc).has(bo.id));
  const id = post(otherPage.doc, bo, 'still here');
  await until('the other room to go on', () => ordered(otherPage.doc).includes(id));
  expect(await audited(bo.id)).toEqual([
    { actor_id: cy.id, action: 'member.removed', reason: 'for a reason' },
  ]);
});

test('M1 M2 nobody removes above their rank; the last owner stays', async () => {
  const { ann, bo, cy, out, roomId } = await people();
  expect(await remove(roomId, ann, cy)).toEqual(refused('forbidden'));
  expect(await remove(roomId, cy, cy)).toEqual(refused('forbidden'));
  expect(await remove(roomId, cy, bo)).toEqual(refused('forbidden'));
  expect(await remove(roomId, bo, out)).toEqual(refused('forbidden'));
  expect(await remove(roomId, ann, ann)).toEqual(refused('last-owner'));
  expect(await remove(roomId, ann, admin)).toEqual(refused('last-owner'));
  const hidden = await harness.room([[ann, 'owner']], 'private');
  expect(await remove(hidden, ann, out)).toEqual(refused('room-not-found'));
  expect(await remove(roomId, cy, ann)).toEqual(done);
});

test('M2 of two owners who remove each other at once one is left', async () => {
  const { ann, bo } = await people();
  const roomId = await harness.room([
    [ann, 'owner'],
    [bo, 'owner'],
  ]);
  const both = await Promise.all([remove(roomId, ann, bo), remove(roomId, bo, ann)]);
  expect(both.filter(({ ok }) => ok)).toHaveLength(1);
});

test('B12 M4 a suspended account loses sockets and sessions, and gets nothing stored', async () => {
  const { bo, roomId } = await people();
  const device = harness.device(bo);
  const page = await device.page(roomId);
  const sessions = () =>
    harness.db.kysely.selectFrom('sessions').select('id').where('user_id', '=', bo.id).execute();
  expect(await suspend(bo, admin)).toEqual(done);
  expect(await suspend(bo, admin)).toEqual(done);
  await until('the socket to be closed', () => device.closes.length > 0);
  expect(device.closes[0]).toBe(4403);
  expect(await sessions()).toEqual([]);
  post(page.doc, bo, 'from outside');
  await until('the answer', () => page.refused !== undefined);
  expect(page.refused).toBe('unauthenticated');
  expect(await storedBy(bo)).toEqual([]);
  expect(await audited(bo.id)).toEqual([
    { actor_id: admin.id, action: 'account.suspended', reason: 'for a reason' },
  ]);
});

test('M2 only administrators suspend; the last one is not suspended, by nobody', async () => {
  const { ann, bo } = await people();
  expect(await suspend(bo, ann)).toEqual(refused('forbidden'));
  expect(await suspend(admin, admin)).toEqual(refused('last-admin'));
  const second = await newAdmin();
  const both = await Promise.all([suspend(admin, second), suspend(second, admin)]);
  expect(both.filter(({ ok }) => ok)).toHaveLength(1);
  const left = await harness.db.kysely
    .selectFrom('users')
    .select('id')
    .where('role', '=', 'admin')
    .where('suspended_at', 'is', null)
    .execute();
  expect(left).toHaveLength(1);
  const [{ id } = { id: admin.id }] = left;
  const nobody = { ...bo, id: newMessageId() as never };
  expect(await suspend(nobody, { ...admin, id })).toEqual(refused('not-found'));
  admin = { ...admin, id };
});

test('M5 a suspension with an end is over when the person comes back after it', async () => {
  const { bo, cy, roomId } = await people();
  const endsAt = Date.now() + 60_000;
  const at = (now: number) => liftEndedSuspension({ ...deps(), clock: () => now }, bo.id);
  expect(await suspend(bo, admin, endsAt)).toEqual(done);
  expect(await at(endsAt - 1)).toBe(false);
  expect(await at(endsAt)).toBe(true);
  expect(await at(endsAt)).toBe(false);
  const again = await harness.person('Bo');
  await harness.db.kysely
    .updateTable('sessions')
    .set({ user_id: bo.id })
    .where('id', '=', again.session)
    .execute();
  expect(await posted(roomId, { ...bo, session: again.session })).toBeDefined();
  expect(await suspend(cy, admin)).toEqual(done);
  expect(await liftEndedSuspension({ ...deps(), clock: () => endsAt * 2 }, cy.id)).toBe(false);
});
