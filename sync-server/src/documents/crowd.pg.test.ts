import { roomDocumentName } from '@skerry/protocol/documentName.ts';
import { RoomId } from '@skerry/protocol/ids.ts';
import { MAX_PRESENT } from '@skerry/protocol/limits.ts';
import { parseServerMessage } from '@skerry/protocol/stateless.ts';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  startHarness,
  until,
  type Attached,
  type Harness,
  type Person,
} from '../../test/harness.ts';
import { openRawSocket, sized, varUint, type RawSocket } from '../../test/rawSocket.ts';
import { DatabaseBus } from '../platform/bus/databaseBus.ts';

const AWARENESS = 1;
const HERE = 300;
/** Sockets one person may hold. */
const PER_PERSON = 15;

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({
    openBus: (db) => DatabaseBus.open(db, pino({ level: 'silent' })),
  });
});
afterAll(() => harness.stop());

/** A connection that says it is here, as often as it is told to. */
interface Guest {
  raw: RawSocket;
  client: number;
  clock: number;
}

function announce(name: string, guest: Guest, state: object | null): void {
  guest.clock++;
  const said = [
    ...[1, ...varUint(guest.client), guest.clock],
    ...sized(Buffer.from(JSON.stringify(state))),
  ];
  guest.raw.send(name, AWARENESS, sized(Buffer.from(said)));
}

/** As many connections, of as few people as may be, at these ports in turn. */
async function fill(guests: number, { ports = [harness.port], perPerson = PER_PERSON } = {}) {
  const people = await Promise.all(
    Array.from({ length: Math.ceil(guests / perPerson) }, () => harness.person('Guest')),
  );
  const roomId = await harness.room(people.map((person) => [person, 'member']));
  const name = roomDocumentName(roomId);
  const here: Guest[] = [];
  for (const [index, person] of people.entries()) {
    const sockets = Math.min(perPerson, guests - index * perPerson);
    const open = async (_: unknown, socket: number) => {
      const raw = await openRawSocket(ports[index % ports.length] ?? harness.port, person);
      await raw.open(name);
      here.push({ raw, client: 1_000 * (index + 1) + socket, clock: 0 });
    };
    await Promise.all(Array.from({ length: sockets }, open));
  }
  return { name, here, people: people.length };
}

async function joinLate(name: string): Promise<Person> {
  const late = await harness.person('Late');
  await harness.db.kysely
    .insertInto('memberships')
    .values({
      room_id: RoomId.parse(name.slice('room:'.length)),
      ...{ user_id: late.id, role: 'member', joined_at: 1 },
    })
    .execute();
  return late;
}

function othersIn({ provider, doc }: Attached): number[] {
  return [...(provider.awareness?.getStates().keys() ?? [])].filter((id) => id !== doc.clientID);
}

const isPresence = (name: string) => (frame: Buffer) => frame[1 + name.length] === AWARENESS;

function countsOf({ raw }: Guest): number[] {
  return raw.frames
    .map(String)
    .filter((text) => text.includes('"here"'))
    .map((text) => parseServerMessage(text.slice(text.indexOf('{'))))
    .flatMap((message) => (message?.type === 'here' ? [message.count] : []));
}

test('T21 in a room with 300 here renewals are not passed on one by one, and everybody knows the count', async () => {
  const { name, here, people } = await fill(HERE);
  const presence = () =>
    here.reduce((sum, { raw }) => sum + raw.frames.filter(isPresence(name)).length, 0);
  for (const guest of here) announce(name, guest, {});
  await until('the count at all', () => here.every((guest) => countsOf(guest).at(-1) === people));
  const afterArrival = presence();
  // As now up to the bound, then a few frames for each.
  expect(afterArrival).toBeLessThan(HERE * (MAX_PRESENT + 10));
  const rounds = 10;
  for (let round = 0; round < rounds; round++) {
    for (const guest of here) announce(name, guest, {});
    // Each connection is answered in order: the renewals of this round have been seen.
    await Promise.all(here.map(({ raw }) => raw.ping(name)));
  }
  const typist = here[3];
  if (typist === undefined) throw new Error('nobody is here');
  announce(name, typist, { typing: true });
  const shown = (guest: Guest) =>
    guest.raw.frames.some((frame) => isPresence(name)(frame) && frame.includes('"typing":true'));
  await until('the one who types', () => here.every(shown));
  // One by one it would have been all of them; now it is a frame for each in 2 s.
  expect(presence() - afterArrival).toBeLessThan((HERE * HERE * rounds) / 10);
  for (const { raw } of here) raw.socket.close();
}, 120_000);

test('T21 whoever comes later is told the count and 50 names; when it gets small again all are named', async () => {
  const { name, here, people } = await fill(MAX_PRESENT + 10);
  for (const guest of here) announce(name, guest, {});
  await until('the count', () => here.every((guest) => countsOf(guest).at(-1) === people));
  const own = await harness.device(await joinLate(name)).attach(name, { awareness: true });
  const said = () => own.said.filter(({ type }) => type === 'here');
  await until('the count at the late one', () => said().length > 0);
  const others = () => othersIn(own);
  await until('the names', () => others().length > 0);
  expect(others().length).toBeLessThanOrEqual(50);
  const [stays, ...rest] = here;
  for (const { raw } of rest.slice(50)) raw.socket.close();
  await until('a smaller count', () => {
    const last = said().at(-1);
    return last?.type === 'here' && last.count < people;
  });
  if (stays === undefined) throw new Error('nobody stays');
  announce(name, stays, {});
  await until('the first to come', () => others().includes(stays.client));
  for (const { raw } of here) raw.socket.close();
}, 120_000);

test('T21 N5 60 people at each of two processes are 120 to everybody, and the latest 50 are named', async () => {
  const second = await harness.secondNode();
  const { name, here } = await fill(120, { ports: [harness.port, second.port], perPerson: 1 });
  for (const guest of here) announce(name, guest, {});
  await until('120 at both', () => here.every((guest) => countsOf(guest).at(-1) === 120));
  const own = await harness
    .device(await joinLate(name), second.port)
    .attach(name, { awareness: true });
  const counts = () => own.said.flatMap((said) => (said.type === 'here' ? [said.count] : []));
  await until('the count at the late one', () => counts().at(-1) === 121);
  await until('the names', () => othersIn(own).length >= 49);
  expect(othersIn(own).length).toBeLessThanOrEqual(50);
  // Who begins to type is named, whoever they are connected to.
  const [typist] = here as [Guest];
  announce(name, typist, { typing: true });
  await until('the one who types', () => othersIn(own).includes(typist.client));
  // Those of one process leave: the others are few, and are named, each by itself.
  const [left, stay] = [here.filter((_, i) => i % 2 === 0), here.filter((_, i) => i % 2 === 1)];
  for (const { raw } of left) raw.socket.close();
  await until('61 at the late one', () => counts().at(-1) === 61);
  await until('all the names', () => stay.every(({ client }) => othersIn(own).includes(client)));
  expect(othersIn(own)).toHaveLength(60);
  for (const { raw } of stay) raw.socket.close();
}, 120_000);
