import type { Hocuspocus } from '@hocuspocus/server';
import {
  parseDocumentName,
  roomDocumentName,
  userDocumentName,
} from '@skerry/protocol/documentName.ts';
import type { RoomId, UserId } from '@skerry/protocol/ids.ts';
import type { Logger } from 'pino';
import type { Posted } from '../activity/postWatch.ts';
import type { Database } from '../platform/database.ts';
import { closeRefused, type AccessChange } from './access.ts';
import type { AccessStore } from './accessStore.ts';
import { openDocuments, type Admission } from './admission.ts';
import { followHeads, type HeadFollowing } from './headFollowing.ts';
import type { Lane } from './lane.ts';
import { refresh } from './loading.ts';
import type { SyncContext } from './syncSocket.ts';

/** Open documents that are judged anew in one go. */
const MAX_JUDGED = 500;

/** What this process does to its own documents and sockets. */
export interface OwnDocuments {
  rejudge: (change: AccessChange) => Promise<void>;
  refreshRoom: (roomId: RoomId) => Promise<void>;
  refreshUser: (userId: UserId) => Promise<void>;
  refreshHead: (roomId: RoomId) => Promise<void>;
  /** Makes all loaded room and user documents say what the tables say. */
  refreshAll: () => Promise<void>;
  endSessions: (sessionIds: readonly string[]) => void;
  /** Tells whom it concerns here of new messages. */
  noticed: (posted: Posted) => void;
  /** Tells whom it concerns here that messages are gone. */
  removed: (roomId: RoomId) => void;
  /** Receipts are due in these rooms; absent: in all. */
  readElsewhere: (roomIds?: readonly RoomId[]) => void;
  /** Undefined: the document is not being loaded. */
  loading: (name: string) => Promise<unknown> | undefined;
}

interface Deps extends Pick<OwnDocuments, 'noticed' | 'removed' | 'readElsewhere'> {
  db: Database;
  log: Logger;
  store: AccessStore;
  access: Pick<Admission, 'bumpEpoch'>;
  hocuspocus: Hocuspocus<SyncContext>;
  lanes: ReadonlyMap<string, Lane>;
  /** Closes the sockets of these sessions. */
  endSockets: (sessionIds: ReadonlySet<string>) => void;
}

/** Whether this process has changed something itself or another one says so: what follows is the same. */
export function createOwnDocuments(
  deps: Deps,
): OwnDocuments & Pick<HeadFollowing, 'onPageClosed' | 'settled'> {
  const { db, log, store, access, hocuspocus, lanes } = deps;
  const untilLoaded = async (name: string) => {
    await hocuspocus.loadingDocuments.get(name)?.catch(() => undefined);
  };
  const refreshLoaded = async (name: string) => {
    await untilLoaded(name);
    const lane = lanes.get(name);
    if (lane === undefined) return; // a document that is not loaded is made right when it is
    try {
      await refresh(db, lane);
    } catch (error) {
      // One that is being loaded anew is made right then.
      if (lanes.get(name) === lane && !lane.isClosed) throw error;
    }
  };
  const heads = followHeads({
    ...{ db, store, log },
    loaded: () => [...lanes.keys(), ...hocuspocus.loadingDocuments.keys()],
    live: async (name) => {
      await untilLoaded(name);
      return hocuspocus.documents.get(name);
    },
    refresh: refreshLoaded,
  });
  const outdatePages = (change: AccessChange) => {
    for (const lane of lanes.values()) {
      const name = parseDocumentName(lane.name);
      if (name?.kind !== 'page') continue;
      if (change.roomId === undefined || change.roomId === name.roomId) lane.outdateRules();
    }
  };
  return {
    onPageClosed: heads.onPageClosed,
    settled: heads.settled,
    rejudge: async (change) => {
      access.bumpEpoch();
      outdatePages(change);
      const open = openDocuments(hocuspocus, change);
      for (let from = 0; from < open.length; from += MAX_JUDGED)
        await closeRefused(store, open.slice(from, from + MAX_JUDGED), change);
    },
    noticed: deps.noticed,
    removed: deps.removed,
    readElsewhere: deps.readElsewhere,
    refreshRoom: async (roomId) => {
      outdatePages({ roomId });
      await refreshLoaded(roomDocumentName(roomId));
    },
    refreshUser: (userId) => refreshLoaded(userDocumentName(userId)),
    refreshHead: heads.refreshHead,
    refreshAll: async () => {
      for (const name of [...lanes.keys()]) await refreshLoaded(name);
    },
    endSessions: (sessionIds) => {
      access.bumpEpoch();
      deps.endSockets(new Set(sessionIds));
    },
    loading: (name) => hocuspocus.loadingDocuments.get(name),
  };
}
