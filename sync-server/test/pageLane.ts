import { PGlite } from '@electric-sql/pglite';
import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import type { RoomId, UserId } from '@skerry/protocol/ids.ts';
import * as Y from 'yjs';
import { createAccessStore } from '../src/documents/accessStore.ts';
import { randomClientId } from '../src/documents/clientId.ts';
import { Lane } from '../src/documents/lane.ts';
import { createUpdateLog } from '../src/documents/updateLog.ts';
import { embeddedDatabase, migrateToLatest } from '../src/platform/database.ts';
import { insertPerson, insertRoom, readProjection, type ProjectedMessage } from './rows.ts';

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
    insertPerson: (name) => insertPerson(db, name),
    openPage: async (members) => {
      const roomId = await insertRoom(db, members);
      const name = pageDocumentName(roomId, 0);
      const page: PageLane = {
        name,
        roomId,
        ...(await openLane(name)),
        readProjection: () => readProjection(db, roomId),
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
