import { PGlite } from '@electric-sql/pglite';
import {
  parseDocumentName,
  roomDocumentName,
  userDocumentName,
} from '@skerry/protocol/documentName.ts';
import type { RoomId, UserId } from '@skerry/protocol/ids.ts';
import type { RefusalCode } from '@skerry/protocol/refusals.ts';
import type { UnreadState } from '@skerry/protocol/stateless.ts';
import { pino } from 'pino';
import { v4 } from 'uuid';
import * as Y from 'yjs';
import { refuseAccess } from '../src/documents/access.ts';
import { bumpRules, createAccessStore } from '../src/documents/accessStore.ts';
import { randomClientId } from '../src/documents/clientId.ts';
import { followHeads } from '../src/documents/headFollowing.ts';
import { Lane } from '../src/documents/lane.ts';
import { refresh } from '../src/documents/loading.ts';
import { PAGE_SIZE, type PageSize } from '../src/documents/pageBounds.ts';
import { createUpdateLog } from '../src/documents/updateLog.ts';
import { embeddedDatabase, migrateToLatest, type Database } from '../src/platform/database.ts';
import { createUnreadStore } from '../src/reading/unreadStore.ts';
import { insertPerson, insertRoom, readProjection, type ProjectedMessage } from './rows.ts';
import { copyRoom, type RoomCopy } from './roomCopy.ts';

/** For whoever stands in for the wire. */
export { isAheadOfOthers } from '../src/documents/judging.ts';

/** So small that rooms go on to their next pages all the time. */
const SMALL_PAGES: PageSize = { ...PAGE_SIZE, messages: 5, clients: 14 };

/** A document as one process has it. */
export interface OpenDocument {
  doc: Y.Doc;
  lane: Lane;
}

/** One process on the database: its own lanes, live documents and server client id. */
export interface RoomNode {
  /** A document with its lane, loaded when it is first asked for; a code: this person does not get it. */
  open: (name: string, userId: UserId) => Promise<OpenDocument | RefusalCode>;
  /** Those that are loaded. */
  documents: () => Promise<[string, OpenDocument][]>;
  /** Hears what the other processes have done. */
  catchUp: () => Promise<void>;
  /** Settles when nothing that it began goes on behind what was answered. */
  settled: () => Promise<void>;
  /** Everything in memory is gone. */
  stop: () => Promise<void>;
  /** Changes with each stop: a connection to the process before is dead. */
  readonly life: number;
}

/** One room on a database with two processes, without sockets. */
export interface RoomNodes {
  roomId: RoomId;
  nodes: readonly [RoomNode, RoomNode];
  readEpoch: () => Promise<string>;
  /** How the room stands with a person, by the server's count. */
  countUnread: (userId: UserId) => Promise<UnreadState[]>;
  /** One process hears of it at once, the others with its next commit. */
  setLocked: (locked: boolean) => Promise<void>;
  readProjection: () => Promise<ProjectedMessage[]>;
  /** Settles when neither process has anything under way. */
  settled: () => Promise<void>;
  backUp: () => Promise<void>;
  /** Both processes stop, the tables become what they were at the backup, the epoch is new. */
  restore: () => Promise<void>;
  stop: () => Promise<void>;
}

export interface RoomDatabase {
  insertPerson: (name: string) => Promise<UserId>;
  openRoom: (members: readonly UserId[]) => Promise<RoomNodes>;
  close: () => Promise<void>;
}

export async function openRoomDatabase(): Promise<RoomDatabase> {
  const db = embeddedDatabase(await PGlite.create());
  await migrateToLatest(db.kysely);
  return {
    insertPerson: (name) => insertPerson(db, name),
    openRoom: async (members) => openNodes(db, await insertRoom(db, members), members),
    close: () => db.close(),
  };
}

function openNodes(db: Database, roomId: RoomId, members: readonly UserId[]): RoomNodes {
  const nodes = [openNode(db, roomId), openNode(db, roomId)] as const;
  const unread = createUnreadStore(db);
  const stop = async (): Promise<void> => {
    for (const node of nodes) await node.stop();
  };
  let backup: RoomCopy | undefined;
  return {
    roomId,
    nodes,
    readEpoch: () => unread.readEpoch(),
    countUnread: (userId) => unread.count(userId, [roomId]),
    setLocked: async (locked) => {
      await db.kysely.updateTable('rooms').set({ locked }).where('id', '=', roomId).execute();
      await bumpRules(db.kysely, { roomId });
      for (const [, { lane }] of await nodes[0].documents()) lane.outdateRules();
    },
    readProjection: () => readProjection(db, roomId),
    settled: async () => {
      for (const node of nodes) await node.settled();
    },
    backUp: async () => {
      backup = await copyRoom(db, roomId, members.map(userDocumentName));
    },
    restore: async () => {
      if (backup === undefined) return;
      await stop();
      await backup.putBack();
      await db.kysely
        .updateTable('settings')
        .set({ value: v4() })
        .where('name', '=', 'epoch')
        .execute();
    },
    stop,
  };
}

function openNode(db: Database, roomId: RoomId): RoomNode {
  const log = createUpdateLog(db);
  const store = createAccessStore(db);
  const logger = pino({ level: 'silent' });
  let lanes = new Map<string, Promise<OpenDocument>>();
  let serverClientId = randomClientId();
  let life = 0;

  const refreshLoaded = async (name: string): Promise<void> => {
    const loaded = await lanes.get(name);
    if (loaded !== undefined) await refresh(db, loaded.lane);
  };
  const startFollowing = () =>
    followHeads({
      ...{ db, store, log: logger, loaded: () => lanes.keys(), refresh: refreshLoaded },
      live: async (name) => (await lanes.get(name))?.doc,
    });
  let heads = startFollowing();

  const load = async (name: string): Promise<OpenDocument> => {
    const doc = new Y.Doc();
    const following = heads;
    const lane = new Lane({
      ...{ name, doc, log, access: store, clock: Date.now, serverClientId, logger },
      pageSize: SMALL_PAGES,
      onPageClosed: (page, isOurs) => {
        following.onPageClosed(page, isOurs);
      },
    });
    await lane.open();
    await refresh(db, lane);
    return { doc, lane };
  };
  const documents = async (): Promise<[string, OpenDocument][]> =>
    Promise.all(
      [...lanes].map(async ([name, loading]): Promise<[string, OpenDocument]> => [
        name,
        await loading,
      ]),
    );
  /** A page closes in a turn of its own lane, after its senders have their answers; heads follow that. */
  const settled = async (): Promise<void> => {
    for (const [, { lane }] of await documents()) await lane.write(() => undefined);
    await heads.settled();
  };
  return {
    get life() {
      return life;
    },
    open: async (documentName, userId) => {
      const name = parseDocumentName(documentName);
      if (name === undefined) return 'bad-request';
      const refusal = await refuseAccess(store, userId, name);
      if (refusal !== undefined) return refusal;
      let loading = lanes.get(documentName);
      if (loading === undefined) lanes.set(documentName, (loading = load(documentName)));
      return loading;
    },
    documents,
    catchUp: async () => {
      for (const [, { lane }] of await documents()) await lane.catchUp();
      await heads.refreshHead(roomId);
      await refreshLoaded(roomDocumentName(roomId));
      await settled();
    },
    settled,
    stop: async () => {
      life += 1;
      await settled();
      for (const [, { lane }] of await documents()) lane.close();
      lanes = new Map();
      serverClientId = randomClientId();
      heads = startFollowing();
    },
  };
}
