import { userDocumentName } from '@skerry/protocol/documentName.ts';
import { RoomId } from '@skerry/protocol/ids.ts';
import { readMarkOf } from '@skerry/protocol/user/userDoc.ts';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHarness, until, type Harness, type Person } from '../../test/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

function readMarks(person: Person) {
  return harness.db.kysely
    .selectFrom('read_marks')
    .select(['room_id', 'number', 'except_numbers'])
    .where('user_id', '=', person.id)
    .orderBy('room_id')
    .execute();
}

async function sharesReceipts(person: Person): Promise<boolean> {
  const row = await harness.db.kysely
    .selectFrom('receipt_preferences')
    .select('shares')
    .where('user_id', '=', person.id)
    .executeTakeFirst();
  return row?.shares ?? true;
}

test('U3 B15 a read mark reaches my other device and the table, and survives a restart', async () => {
  const ann = await harness.person('Ann');
  const one = await harness.room([[ann, 'owner']]);
  const two = await harness.room([[ann, 'owner']]);
  const name = userDocumentName(ann.id);
  const phone = await harness.device(ann).attach(name);
  const laptop = await harness.device(ann).attach(name);
  phone.doc.transact(() => {
    phone.doc.getMap('reads').set(one, { number: 9, except: [2, 7] });
    phone.doc.getMap('reads').set(two, { number: 4 });
  });
  await until('the mark on the laptop', () => readMarkOf(laptop.doc, one).number === 9);
  expect(await readMarks(ann)).toEqual([
    { room_id: one, number: 9, except_numbers: [2, 7] },
    { room_id: two, number: 4, except_numbers: [] },
  ]);
  laptop.doc.getMap('reads').set(one, { number: 12 });
  await until('the mark on the phone', () => readMarkOf(phone.doc, one).number === 12);
  expect((await readMarks(ann))[0]).toEqual({ room_id: one, number: 12, except_numbers: [] });
  await harness.restart();
  const later = await harness.device(ann).attach(name);
  expect(readMarkOf(later.doc, one)).toEqual({ number: 12 });
  expect(later.doc.getMap('rooms').size).toBe(2);
});

test('U4 whoever shares no receipts is known to the tables', async () => {
  const ann = await harness.person('Ann');
  const mine = await harness.device(ann).attach(userDocumentName(ann.id));
  const other = await harness.device(ann).attach(userDocumentName(ann.id));
  for (const shares of [false, true]) {
    mine.doc.getMap('preferences').set('receipts', shares);
    await until('the preference', () => other.doc.getMap('preferences').get('receipts') === shares);
    expect(await sharesReceipts(ann)).toBe(shares);
  }
});

test('U3 a mark of a room that is not there is kept, and holds up nobody', async () => {
  const ann = await harness.person('Ann');
  const room = await harness.room([[ann, 'owner']]);
  const gone = RoomId.parse(uuidv7());
  const mine = await harness.device(ann).attach(userDocumentName(ann.id));
  const other = await harness.device(ann).attach(userDocumentName(ann.id));
  mine.doc.getMap('reads').set(gone, { number: 1 });
  mine.doc.getMap('reads').set(room, { number: 2 });
  await until('both marks', () => other.doc.getMap('reads').size === 2);
  expect((await readMarks(ann)).map(({ room_id }) => room_id)).toEqual([room]);
});

test('U1 U2 nobody opens another person’s user document, and nobody writes their own room list', async () => {
  const [ann, eve] = [await harness.person('Ann'), await harness.person('Eve')];
  const room = await harness.room([[eve, 'member']]);
  const foreign = await harness.device(eve).attach(userDocumentName(ann.id));
  expect(foreign.refused).toBe('forbidden');
  const own = await harness.device(eve).attach(userDocumentName(eve.id));
  const other = await harness.device(eve).attach(userDocumentName(eve.id));
  const before = JSON.stringify(other.doc.getMap('rooms').toJSON());
  own.doc.getMap('rooms').set(room, { kind: 'public', name: 'x', role: 'owner', head: 0 });
  await until('the document to be closed', () => own.closed.length > 0);
  expect(own.closed[0]).toContain('"rule":"root"');
  expect(JSON.stringify(other.doc.getMap('rooms').toJSON())).toBe(before);
  const later = await harness.device(eve).attach(userDocumentName(eve.id));
  expect(JSON.stringify(later.doc.getMap('rooms').toJSON())).toBe(before);
});

test('D5 a bad mark is refused without closing the document', async () => {
  const ann = await harness.person('Ann');
  const room = await harness.room([[ann, 'owner']]);
  const mine = await harness.device(ann).attach(userDocumentName(ann.id));
  mine.doc.getMap('reads').set(room, { number: 1, except: [5] });
  await until('the refusal', () => mine.said.some(({ type }) => type === 'refused'));
  expect(mine.said.find(({ type }) => type === 'refused')).toMatchObject({
    ...{ code: 'shape', key: `reads/${room}`, client: mine.doc.clientID },
  });
  expect(mine.closed).toEqual([]);
  expect(await readMarks(ann)).toEqual([]);
});
