import { expect, test } from 'vitest';
import { fillSkerryRoom } from '../bench/systems/fillSkerryRoom.ts';
import { SkerryClient } from '../bench/systems/skerryClient.ts';
import { SkerryDevice } from '../bench/systems/skerryDevice.ts';
import { createSkerryRooms, type Sql } from '../bench/systems/skerryRooms.ts';
import { Tally } from '../bench/tally.ts';
import { startTestServer } from './testServer.ts';
import { untilTrue } from './untilTrue.ts';

const FILLED = 1_100;
const POSTED = 3;

test('L6 a room that was filled for measuring opens from its newest page, and goes on with the next number', async () => {
  const server = await startTestServer();
  try {
    const sql = server.db.raw as Sql;
    const [room] = await createSkerryRooms(sql, { rooms: 1, members: 2 });
    const [ann, bo] = room?.members ?? [];
    if (room === undefined || ann === undefined || bo === undefined) throw new Error('no room');
    await fillSkerryRoom(sql, room, FILLED);

    const device = new SkerryDevice(server.url, { roomId: room.id, person: ann });
    const { bytes: newestBytes } = await device.receive(50);
    device.close();

    const tally = new Tally(2);
    const writer = await SkerryClient.join(server.url, { roomId: room.id, person: ann }, tally, 0);
    const reader = await SkerryClient.join(server.url, { roomId: room.id, person: bo }, tally, 1);
    for (let i = 0; i < POSTED; i++) {
      const { sequence, text } = tally.send(0);
      writer.post(sequence, text);
    }
    await untilTrue('every message is acknowledged and has arrived', () => {
      return tally.acknowledgements === POSTED && tally.deliveries === POSTED;
    });
    await device.receive(POSTED);
    const all = new SkerryDevice(server.url, { roomId: room.id, person: bo });
    const { bytes: allBytes } = await all.receive(FILLED + POSTED);
    for (const each of [device, all, writer, reader]) each.close();

    expect(newestBytes).toBeLessThan(allBytes / 5);
    const stored = await server.db.kysely
      .selectFrom('messages')
      .select(({ fn }) => [fn.countAll<number>().as('n'), fn.max<number>('number').as('last')])
      .where('room_id', '=', room.id)
      .executeTakeFirstOrThrow();
    expect(stored).toEqual({ n: FILLED + POSTED, last: FILLED + POSTED });
  } finally {
    await server.close();
  }
});
