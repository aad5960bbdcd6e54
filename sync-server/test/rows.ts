import { RoomId, UserId, type MessageId } from '@skerry/protocol/ids.ts';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../src/platform/database.ts';

type Handle = Pick<Database, 'kysely'>;

/** A row of the projection. */
export interface ProjectedMessage {
  id: MessageId;
  author: UserId;
  number: number;
  text: string | null;
  deleted: boolean;
}

let people = 0;

export async function insertPerson({ kysely }: Handle, name: string): Promise<UserId> {
  const id = UserId.parse(uuidv7());
  people += 1;
  const handle = `${name.toLowerCase()}_${people}`;
  await kysely
    .insertInto('users')
    .values({
      ...{ id, handle, email: `${handle}@example.org`, display_name: name, avatar: '210' },
      ...{ created_at: Date.now(), email_verified_at: null, suspended_at: null },
    })
    .execute();
  return id;
}

export async function insertRoom({ kysely }: Handle, members: readonly UserId[]): Promise<RoomId> {
  const id = RoomId.parse(uuidv7());
  await kysely
    .insertInto('rooms')
    .values({
      ...{ id, kind: 'public', name: `room ${id}`, archived_at: null, settings: '{}' },
      ...{ created_by: null, created_at: Date.now() },
    })
    .execute();
  for (const user_id of members) {
    await kysely
      .insertInto('memberships')
      .values({ room_id: id, user_id, role: 'member', joined_at: Date.now() })
      .execute();
  }
  return id;
}

export function readProjection({ kysely }: Handle, roomId: RoomId): Promise<ProjectedMessage[]> {
  return kysely
    .selectFrom('messages')
    .select(['id', 'author', 'number', 'text', 'deleted'])
    .where('room_id', '=', roomId)
    .orderBy('number')
    .execute();
}
