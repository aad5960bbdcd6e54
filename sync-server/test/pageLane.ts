import { PGlite } from '@electric-sql/pglite';
import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import { RoomId, UserId, type MessageId } from '@skerry/protocol/ids.ts';
import { v7 as uuidv7 } from 'uuid';
import * as Y from 'yjs';
import { createAccessStore } from '../src/documents/accessStore.ts';
import { randomClientId } from '../src/documents/clientId.ts';
import { Lane } from '../src/documents/lane.ts';
import { createUpdateLog } from '../src/documents/updateLog.ts';
import { embeddedDatabase, migrateToLatest } from '../src/platform/database.ts';

/** A row of the projection. */
export interface ProjectedMessage {
  id: MessageId;
  author: UserId;
  number: number;
  text: string | null;
  deleted: boolean;
}

/** The real lane of one page with its real log, without sockets. */
export interface PageLane {
  name: string;
  roomId: RoomId;
  /** The live document. */
  doc: Y.Doc;
  lane: Lane;
  readProjection: () => Promise<ProjectedMessage[]>;
  /** As after a restart of the server: everything in memory is gone. */
  reopen: () => Promise<void>;
}

export interface PageLanes {
  insertPerson: (name: string) => Promise<UserId>;
  openPage: (members: readonly UserId[]) => Promise<PageLane>;
  close: () => Promise<void>;
}

/** Real lanes on an embedded database in memory. */
export async function openPageLanes(): Promise<PageLanes> {
  const db = embeddedDatabase(await PGlite.create());
  await migrateToLatest(db.kysely);
  const log = createUpdateLog(db);
  const access = createAccessStore(db);

  const openLane = async (name: string): Promise<{ doc: Y.Doc; lane: Lane }> => {
    const doc = new Y.Doc();
    const serverClientId = randomClientId();
    const lane = new Lane({ name, doc, log, access, clock: Date.now, serverClientId });
    await lane.open();
    return { doc, lane };
  };
  return {
    insertPerson: async (name) => {
      const id = UserId.parse(uuidv7());
      await db.kysely
        .insertInto('users')
        .values({
          id,
          handle: name.toLowerCase(),
          email: `${name.toLowerCase()}@example.org`,
          display_name: name,
          avatar: '210',
          created_at: Date.now(),
          email_verified_at: null,
          suspended_at: null,
        })
        .execute();
      return id;
    },
    openPage: async (members) => {
      const roomId = RoomId.parse(uuidv7());
      await db.kysely
        .insertInto('rooms')
        .values({
          id: roomId,
          kind: 'public',
          name: `room ${roomId}`,
          archived_at: null,
          settings: '{}',
          created_by: null,
          created_at: Date.now(),
        })
        .execute();
      for (const user_id of members) {
        await db.kysely
          .insertInto('memberships')
          .values({ room_id: roomId, user_id, role: 'member', joined_at: Date.now() })
          .execute();
      }
      const name = pageDocumentName(roomId, 0);
      const page: PageLane = {
        name,
        roomId,
        ...(await openLane(name)),
        readProjection: () =>
          db.kysely
            .selectFrom('messages')
            .select(['id', 'author', 'number', 'text', 'deleted'])
            .where('room_id', '=', roomId)
            .orderBy('number')
            .execute(),
        reopen: async () => {
          page.lane.close();
          Object.assign(page, await openLane(name));
        },
      };
      return page;
    },
    close: () => db.close(),
  };
}
