import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import { RoomId, UserId, type MessageId } from '@skerry/protocol/ids.ts';
import { definePage } from '@skerry/protocol/page/pageDoc.ts';
import { v7 as uuidv7 } from 'uuid';
import * as Y from 'yjs';
import { createAccessStore } from '../src/documents/accessStore.ts';
import { randomClientId } from '../src/documents/clientId.ts';
import { Lane } from '../src/documents/lane.ts';
import type { Verdict } from '../src/documents/laneJobs.ts';
import { createUpdateLog, type UpdateLog } from '../src/documents/updateLog.ts';
import { systemClock } from '../src/platform/clock.ts';
import type { Database } from '../src/platform/database.ts';
import { message, newId, set, write } from './gateRig.ts';

/** One page as one process has it: its lane and its live document. */
export interface OpenPage {
  lane: Lane;
  doc: Y.Doc;
  /** For each time the lane told that the page is closed, whether it was its own doing. */
  closings: boolean[];
  /** One update that posts all of these under one fresh client id. */
  post: (ids: readonly MessageId[], text?: string) => Promise<Verdict>;
  /** One update under a fresh client id, or under that of `writer`. */
  change: (make: (fork: Y.Doc) => unknown, writer?: number) => Promise<Verdict>;
}

/** A room of one member, with real lanes on a real log and without sockets. */
export interface RoomRig {
  roomId: RoomId;
  ann: UserId;
  open: (page: number, log?: UpdateLog) => Promise<OpenPage>;
  head: () => Promise<number>;
  /** The room's numbered messages, as the projection has them. */
  stored: () => Promise<{ id: MessageId; page: number; number: number }[]>;
}

export async function openRoom(db: Database): Promise<RoomRig> {
  const roomId = RoomId.parse(uuidv7());
  const ann = UserId.parse(uuidv7());
  const handle = `ann_${ann.slice(-6)}`;
  await db.kysely
    .insertInto('users')
    .values({
      ...{ id: ann, handle, email: `${handle}@example.org`, display_name: 'Ann', avatar: '210' },
      ...{ created_at: 1, email_verified_at: null, suspended_at: null },
    })
    .execute();
  await db.kysely
    .insertInto('rooms')
    .values({
      ...{ id: roomId, kind: 'public', name: roomId, settings: '{}' },
      ...{ archived_at: null, created_by: ann, created_at: 1 },
    })
    .execute();
  await db.kysely
    .insertInto('memberships')
    .values({ room_id: roomId, user_id: ann, role: 'owner', joined_at: 1 })
    .execute();
  return {
    roomId,
    ann,
    open: (page, log = createUpdateLog(db)) => openPage(db, log, { roomId, page, ann }),
    head: async () => {
      const room = await db.kysely
        .selectFrom('rooms')
        .select('head')
        .where('id', '=', roomId)
        .executeTakeFirstOrThrow();
      return room.head;
    },
    stored: () =>
      db.kysely
        .selectFrom('messages')
        .select(['id', 'page', 'number'])
        .where('room_id', '=', roomId)
        .orderBy('number')
        .execute(),
  };
}

async function openPage(
  db: Database,
  log: UpdateLog,
  { roomId, page, ann }: { roomId: RoomId; page: number; ann: UserId },
): Promise<OpenPage> {
  const doc = new Y.Doc();
  const closings: boolean[] = [];
  const lane = new Lane({
    ...{ name: pageDocumentName(roomId, page), doc, log },
    access: createAccessStore(db),
    clock: systemClock,
    serverClientId: randomClientId(),
    onPageClosed: (_, isOurs) => closings.push(isOurs),
  });
  await lane.open();
  const change: OpenPage['change'] = (make, writer = randomClientId()) => {
    const fork = new Y.Doc();
    definePage(fork);
    Y.applyUpdate(fork, Y.encodeStateAsUpdate(doc));
    fork.clientID = writer;
    return lane.submit(write(fork, make), ann, 'update');
  };
  return {
    ...{ lane, doc, closings, change },
    post: (ids, text = 'x') => {
      const fork = new Y.Doc();
      definePage(fork);
      fork.clientID = randomClientId();
      const make = (made: Y.Doc) => ids.map((id) => set(made, id, message(ann, text)));
      return lane.submit(write(fork, make), ann, 'update');
    },
  };
}

export function newIds(count: number): MessageId[] {
  return Array.from({ length: count }, newId);
}
