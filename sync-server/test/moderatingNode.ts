import { MessageId, RoomId, UserId } from '@skerry/protocol/ids.ts';
import { pino } from 'pino';
import { createSyncTickets } from '../src/accounts/syncTickets.ts';
import { createDocuments } from '../src/documents/documents.ts';
import { redactMessage } from '../src/moderation/redactMessage.ts';
import { removeMember } from '../src/moderation/removeMember.ts';
import { suspendAccount } from '../src/moderation/suspendAccount.ts';
import { openBus } from '../src/platform/bus/openBus.ts';
import { systemClock } from '../src/platform/clock.ts';
import { openDatabase } from '../src/platform/database.ts';
import type { SqlAccess } from './sqlAccess.ts';

/** Acts of a room's owner, done by another process than the one that the people here are connected to. */
export interface Moderation {
  redact: (text: string, reason: string) => Promise<void>;
  remove: (handle: string, room: string, reason: string) => Promise<void>;
  suspend: (handle: string, reason: string) => Promise<void>;
  setKind: (room: string, kind: 'public' | 'private') => Promise<void>;
  close: () => Promise<void>;
}

/** Opens a second node on the server's database; the first account there, which owns General, acts. */
export async function openModeration(url: string, { sql }: SqlAccess): Promise<Moderation> {
  const log = pino({ level: 'silent' });
  const db = await openDatabase({ url, dataDir: '' });
  const bus = await openBus({ db, redisUrl: undefined, log });
  const documents = await createDocuments({
    ...{ db, bus, log, clock: systemClock },
    identify: () => Promise.resolve(undefined), // nobody connects here
    tickets: createSyncTickets({ db, clock: systemClock }),
    forget: () => undefined,
    pacing: { burst: 1, perSecond: 1 },
  });
  const deps = {
    ...{ db, documents, access: documents, clock: systemClock },
    endSessions: documents.endSessions,
    queueErasure: () => Promise.resolve(),
  };
  const find = async (text: string, value?: string) => {
    const [row] = await sql(text, value === undefined ? [] : [value]);
    if (row === undefined) throw new Error(`there is no ${value ?? 'account'}`);
    return row;
  };
  const findUser = async (handle: string) =>
    UserId.parse((await find(`select id from users where handle = $1`, handle))['id']);
  const findRoom = async (name: string) =>
    RoomId.parse((await find(`select id from rooms where name = $1`, name))['id']);
  const findActor = async () =>
    UserId.parse((await find(`select id from users order by created_at, id limit 1`))['id']);
  return {
    redact: async (text, reason) => {
      const row = await find(`select id, room_id from messages where text = $1`, text);
      const cmd = { roomId: RoomId.parse(row['room_id']), messageId: MessageId.parse(row['id']) };
      done(await redactMessage(deps, { ...cmd, actorId: await findActor(), reason }));
    },
    remove: async (handle, room, reason) => {
      const cmd = {
        ...{ roomId: await findRoom(room), userId: await findUser(handle) },
        actorId: await findActor(),
      };
      done(await removeMember(deps, { ...cmd, reason }));
    },
    suspend: async (handle, reason) => {
      const cmd = { userId: await findUser(handle), actorId: await findActor(), reason };
      done(await suspendAccount(deps, cmd));
    },
    setKind: async (room, kind) => {
      const roomId = await findRoom(room);
      await sql(`update rooms set kind = $1 where id = $2`, [kind, roomId]);
      await documents.accessChanged({ roomId });
      await documents.refreshRoom(roomId);
      const members = await sql(`select user_id from memberships where room_id = $1`, [roomId]);
      for (const row of members) await documents.refreshUser(UserId.parse(row['user_id']));
    },
    close: async () => {
      await documents.close();
      await bus.close();
      await db.close();
    },
  };
}

function done(result: { ok: boolean; error?: unknown }): void {
  if (!result.ok) throw new Error(`refused: ${String(result.error)}`);
}
