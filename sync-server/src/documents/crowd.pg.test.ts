import { roomDocumentName } from '@skerry/protocol/documentName.ts';
import { MAX_PRESENT } from '@skerry/protocol/limits.ts';
import { parseServerMessage } from '@skerry/protocol/stateless.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHarness, until, type Harness } from '../../test/harness.ts';
import { openRawSocket, sized, varUint, type RawSocket } from '../../test/rawSocket.ts';

const AWARENESS = 1;
const HERE = 300;
/** Sockets one person may hold. */
const PER_PERSON = 15;

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
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

async function fill(guests: number) {
  const people = await Promise.all(
    Array.from({ length: Math.ceil(guests / PER_PERSON) }, () => harness.person('Guest')),
  );
  const roomId = await harness.room(people.map((person) => [person, 'member']));
  const name = roomDocumentName(roomId);
  const here: Guest[] = [];
  for (const [index, person] of people.entries()) {
    const sockets = Math.min(PER_PERSON, guests - index * PER_PERSON);
    const open = async (_: unknown, socket: number) => {
      const raw = await openRawSocket(harness.port, person);
      await raw.open(name);
      here.push({ raw, client: 1_000 * (index + 1) + socket, clock: 0 });
    };
    await Promise.all(Array.from({ length: sockets }, open));
  }
  return { name, here, people: people.length };
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
  const late = await harness.person('Late');
  const roomId = name.slice('room:'.length) as Parameters<typeof harness.documents.refreshRoom>[0];
  await harness.db.kysely
    .insertInto('memberships')
    .values({ room_id: roomId, user_id: late.id, role: 'member', joined_at: 1 })
    .execute();
  const own = await harness.device(late).attach(name, { awareness: true });
  const said = () => own.said.filter(({ type }) => type === 'here');
  await until('the count at the late one', () => said().length > 0);
  const others = () =>
    [...(own.provider.awareness?.getStates().keys() ?? [])].filter((id) => id !== own.doc.clientID);
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
