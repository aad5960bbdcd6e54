import type { ChatSystem } from '../chatSystem.ts';
import { gather } from '../crowd.ts';
import type { Figures } from '../figures.ts';
import { runLoad } from '../load.ts';
import type { Sizes } from '../sizes.ts';

const HISTORY = 1_000;
const KNOWN = 50;
const PER_SECOND = 200;
const MEMBERS = 5;

/** A device that was offline while many messages came, until it has them all. */
export async function measureCatchUp(
  system: ChatSystem,
  figures: Figures,
  { missedMessages }: Sizes,
): Promise<void> {
  const [room] = await system.createRooms({ rooms: 1, members: MEMBERS });
  const [person] = room?.members ?? [];
  if (room === undefined || person === undefined) throw new Error('no room was made');
  await system.fillRoom(room, HISTORY);
  const device = system.openDevice({ roomId: room.id, person });
  await device.receive(KNOWN);
  device.close();
  const crowd = await gather(system, [room]);
  await runLoad(crowd, { perSecond: PER_SECOND, seconds: missedMessages / PER_SECOND });
  const { ms, bytes } = await device.receive(missedMessages);
  device.close();
  crowd.close();
  const what = `catch-up on ${missedMessages.toLocaleString('en')}`;
  figures.add(what, system.name, ms, 'ms');
  figures.add(`bytes of ${what}`, system.name, bytes, 'bytes');
}
