import type {
  Document,
  Extension,
  Hocuspocus,
  afterLoadDocumentPayload,
  connectedPayload,
  onDisconnectPayload,
} from '@hocuspocus/server';
import { parseDocumentName, userDocumentName } from '@skerry/protocol/documentName.ts';
import { isRoomId, type RoomId } from '@skerry/protocol/ids.ts';
import { USER_ROOTS } from '@skerry/protocol/user/userDoc.ts';
import type { Logger } from 'pino';
import type { NewestStore } from '../activity/newestStore.ts';
import type { Lane } from '../documents/lane.ts';
import { describeError } from '../documents/describeError.ts';
import type { SyncContext } from '../documents/syncSocket.ts';
import type { AudienceStore } from '../memberships/audienceStore.ts';
import type { Bus } from '../platform/bus/bus.ts';
import type { Database } from '../platform/database.ts';
import { Receipts } from './receipts.ts';
import { createReceiptStore } from './receiptStore.ts';
import { UnreadNotices, type UserConnection } from './unreadNotices.ts';
import { createUnreadStore } from './unreadStore.ts';

interface Deps {
  db: Database;
  bus: Bus;
  lanes: ReadonlyMap<string, Lane>;
  log: Logger;
  newest: NewestStore;
  audience: AudienceStore;
}

export interface ReadState {
  extension: Extension<SyncContext>;
  /** Another process has seen somebody read on in these rooms; absent: anywhere. */
  readElsewhere: (roomIds?: readonly RoomId[]) => void;
  close: () => void;
}

/** Tells people what they have not read, and others how far they have. */
export function createReadState({ db, bus, lanes, log, newest, audience }: Deps): ReadState {
  const notices = new UnreadNotices({ store: createUnreadStore(db), newest, audience, log });
  const receipts = new Receipts({
    ...{ store: createReceiptStore(db), lanes, log },
    onReadElsewhere: (roomIds) => {
      bus.publish({ type: 'read', roomIds });
    },
  });
  const extension: Extension<SyncContext> = {
    afterLoadDocument: ({ document, documentName }: afterLoadDocumentPayload<SyncContext>) => {
      const name = parseDocumentName(documentName);
      if (name?.kind === 'page') receipts.request(name.roomId);
      if (name?.kind === 'user')
        watchMarks(document, log, (rooms) => {
          for (const connection of connectionsOf(document)) notices.add(connection, rooms);
          for (const roomId of rooms) receipts.readOn(roomId);
        });
      return Promise.resolve();
    },
    connected: ({ documentName, connection }: connectedPayload<SyncContext>) => {
      if (parseDocumentName(documentName)?.kind === 'user') notices.add(connection, 'all');
      return Promise.resolve();
    },
    // What the device counts itself while it has the page, it is told from here on.
    onDisconnect: ({ instance, context, documentName }: onDisconnectPayload<SyncContext>) => {
      const name = parseDocumentName(documentName);
      if (name?.kind !== 'page') return Promise.resolve();
      const { roomId } = name;
      const own = userConnection(instance as Hocuspocus<SyncContext>, context);
      if (own !== undefined && !hasPageOpen(context, roomId)) notices.add(own, [roomId]);
      return Promise.resolve();
    },
  };
  return {
    extension,
    readElsewhere: (roomIds) => {
      receipts.hear(roomIds);
    },
    close: () => {
      notices.close();
      receipts.close();
    },
  };
}

/** Whoever changed them: another process' commit is applied here too. */
function watchMarks(document: Document, log: Logger, onChange: (rooms: RoomId[]) => void): void {
  document.getMap(USER_ROOTS.reads).observe(({ keysChanged }) => {
    try {
      onChange([...keysChanged].filter((key) => isRoomId(key)));
    } catch (error) {
      // It would break the lane off in the middle of applying.
      log.error({ cause: describeError(error) }, 'a read mark was not followed');
    }
  });
}

function connectionsOf(document: Document): UserConnection[] {
  return document.getConnections() as UserConnection[];
}

/** The connection of the same socket to its person's user document. */
function userConnection(
  { documents }: Hocuspocus<SyncContext>,
  { identity, socket }: SyncContext,
): UserConnection | undefined {
  const document = identity && documents.get(userDocumentName(identity.userId));
  return document && connectionsOf(document).find(({ context }) => context.socket === socket);
}

function hasPageOpen({ socket }: SyncContext, roomId: RoomId): boolean {
  return [...socket.documents].some((name) => name.startsWith(`page:${roomId}:`));
}
