import { Hocuspocus } from '@hocuspocus/server';
import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import type { RoomId, UserId } from '@skerry/protocol/ids.ts';
import type { Logger } from 'pino';
import type { Identify } from '../accounts/identity.ts';
import type { SyncTickets } from '../accounts/syncTickets.ts';
import type { SessionReader } from '../accounts/sessionReader.ts';
import { createActivity, type Activity, type ActivityLimits } from '../activity/activity.ts';
import { createActivityStore } from '../activity/activityStore.ts';
import { createNewestStore } from '../activity/newestStore.ts';
import { PostNews } from '../activity/postNews.ts';
import { createAudienceStore } from '../memberships/audienceStore.ts';
import type { Bus } from '../platform/bus/bus.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { createReadState } from '../reading/readState.ts';
import type { AccessChange } from './access.ts';
import { createAccessStore } from './accessStore.ts';
import { createAdmission } from './admission.ts';
import { createOffenceLog } from './auditStore.ts';
import { createAwareness } from './awareness.ts';
import { randomClientId } from './clientId.ts';
import { createJudging } from './judging.ts';
import type { Lane } from './lane.ts';
import type { Prepare } from './laneJobs.ts';
import { createLoading } from './loading.ts';
import { createNodes } from './nodes.ts';
import { createOwnDocuments } from './ownDocuments.ts';
import { Pacing, type PacingLimits } from './pacing.ts';
import { createPresenceRelay } from './presenceRelay.ts';
import { watchSessions } from './sessionWatch.ts';
import { SocketRegistry } from './socketRegistry.ts';
import type { DocumentStats } from './stats.ts';
import { createSyncEndpoint, type StrangerLimits, type SyncEndpoint } from './syncEndpoint.ts';
import { ownSocket, type SyncContext } from './syncSocket.ts';
import { createUpdateLog } from './updateLog.ts';

export interface DocumentsDeps {
  db: Database;
  log: Logger;
  clock: Clock;
  /** To the other processes on this database. */
  bus: Bus;
  identify: Identify;
  tickets: Pick<SyncTickets, 'take'>;
  /** What `identify` remembers of these is to be read again. */
  forget: SessionReader['forget'];
  pacing: PacingLimits;
  strangers?: StrangerLimits;
  activity?: ActivityLimits;
}

/** Yjs documents: who opens them, what gets in, and how it is stored. */
export interface Documents {
  /** Makes `room:<id>` say what the tables say. Call it after every change of a room or its members. */
  refreshRoom: (roomId: RoomId) => Promise<void>;
  /** Makes `user:<id>` say what the tables say. */
  refreshUser: (userId: UserId) => Promise<void>;
  /** Makes the room's document and those of its members say which page is the head now, where they are loaded. */
  refreshHead: (roomId: RoomId) => Promise<void>;
  /** Call it after a join, leave, role, lock, archive or suspension has been committed, together with `bumpRules`. */
  accessChanged: (change: AccessChange) => Promise<void>;
  /**
   * Changes a page in its lane, whether anybody has it open or not. `prepare` runs when its turn has come, and
   * again when the page or its rules moved meanwhile; the change sees all that was committed before the call.
   * Rejects when the change cannot be stored.
   */
  changePage: (roomId: RoomId, page: number, prepare: Prepare) => Promise<void>;
  /** Another process has stored messages: tells whom it concerns here. */
  noticed: Activity['noticed'];
  /** Closes the sockets of these sessions (code 4401). */
  endSessions: (sessionIds: readonly string[]) => void;
  /** Takes a WebSocket upgrade of `/sync`. */
  handleUpgrade: SyncEndpoint['handleUpgrade'];
  /** Takes one of `/yjs/<document>?ticket=`. */
  handlePlainUpgrade: SyncEndpoint['handlePlainUpgrade'];
  /** Takes nothing more, closes every connection and unloads; returns after CLOSE_DEADLINE_MS at the latest. */
  close: () => Promise<void>;
  readonly stats: DocumentStats;
}

/** Compaction is all a store does: durability does not hang on it. */
const STORE_DEBOUNCE_MS = 30_000;
const MAX_STORE_DEBOUNCE_MS = 120_000;
/** A reconnecting device attaches its documents at once. */
const MAX_PENDING_DOCUMENTS = 256;
/** What may arrive on one socket before its documents are open. */
const MAX_PENDING_BYTES = 1_024 * 1_024;
const CLOSE_DEADLINE_MS = 5_000;
const CLOSE_POLL_MS = 20;

/** Starts the documents of one process. */
export function createDocuments(deps: DocumentsDeps): Promise<Documents> {
  const { db, log, clock, bus } = deps;
  const store = createAccessStore(db);
  const updateLog = createUpdateLog(db);
  const lanes = new Map<string, Lane>();
  const sockets = new SocketRegistry();
  const stats: DocumentStats = {
    gates: 0,
    conflicts: 0,
    failures: 0,
    later: 0,
    rebuilds: 0,
    slowReaders: 0,
    refused: {},
    log: updateLog.counts,
  };
  const access = createAdmission(deps.identify, store, sockets, clock, log);
  const judging = createJudging({
    lanes,
    pacing: new Pacing(deps.pacing, clock),
    offences: createOffenceLog(db),
    clock,
    log,
    stats,
    isShared: () => bus.reach !== 'alone',
  });
  const serverClientId = randomClientId();
  const loading = createLoading({
    db,
    log: {
      ...updateLog,
      commit: async (entry) => {
        const isCommitted = await updateLog.commit(entry);
        if (isCommitted) nodes.committed(entry.name, entry.version + 1);
        return isCommitted;
      },
    },
    access: store,
    clock,
    serverClientId,
    logger: log,
    stats,
    lanes,
    onWrittenAnew: (name, version) => {
      nodes.committed(name, version);
    },
    onPageClosed: (page, isOurs) => {
      own.onPageClosed(page, isOurs);
      if (isOurs) bus.publish({ type: 'head', roomId: page.roomId });
    },
  });
  const presence = createPresenceRelay(bus, () => hocuspocus.documents);
  const newest = createNewestStore(db);
  const audience = createAudienceStore(db);
  const readState = createReadState({ db, bus, lanes, log, newest, audience });
  const news = new PostNews(bus);
  const activity = createActivity({
    audience,
    store: createActivityStore(db),
    newest,
    ...{ serverClientId, log, limits: deps.activity },
    onPosted: (posted) => {
      news.add(posted);
    },
    onRemoved: (roomIds) => {
      bus.publish({ type: 'removed', roomIds });
    },
  });
  const hocuspocus: Hocuspocus<SyncContext> = new Hocuspocus<SyncContext>({
    quiet: true,
    debounce: STORE_DEBOUNCE_MS,
    maxDebounce: MAX_STORE_DEBOUNCE_MS,
    maxPendingDocuments: MAX_PENDING_DOCUMENTS,
    maxUnauthenticatedQueueSize: MAX_PENDING_BYTES,
    // A batch is one transaction already, and an echo must not come after the answer to a barrier.
    flushDelay: false,
    extensions: [
      access.extension,
      ...loading,
      createAwareness(presence.crowdOf),
      presence.extension,
      judging.extension,
      readState.extension,
      activity.extension,
    ],
  });
  const endpoint = createSyncEndpoint({
    hocuspocus,
    sockets,
    log,
    stats,
    clock,
    tickets: deps.tickets,
    strangers: deps.strangers,
  });
  const watch = watchSessions({ store, sockets, clock, log });

  const own = createOwnDocuments({
    ...{ db, log, store, access, hocuspocus, lanes },
    ...{ noticed: activity.noticed, removed: activity.removed },
    readElsewhere: readState.readElsewhere,
    endSockets: watch.end,
  });
  const nodes = createNodes({ bus, log, updateLog, lanes, presence, own, forget: deps.forget });
  return Promise.resolve({
    stats,
    handleUpgrade: endpoint.handleUpgrade,
    handlePlainUpgrade: endpoint.handlePlainUpgrade,
    noticed: activity.noticed,
    refreshRoom: async (roomId) => {
      bus.publish({ type: 'room', roomId });
      await own.refreshRoom(roomId);
    },
    refreshUser: async (userId) => {
      bus.publish({ type: 'user', userId });
      await own.refreshUser(userId);
    },
    refreshHead: async (roomId) => {
      bus.publish({ type: 'head', roomId });
      await own.refreshHead(roomId);
    },
    accessChanged: async (change) => {
      bus.publish({ type: 'access', ...change });
      await own.rejudge(change);
    },
    changePage: async (roomId, page, prepare) => {
      const name = pageDocumentName(roomId, page);
      const connection = await hocuspocus.openDirectConnection(name, { socket: ownSocket() });
      try {
        const lane = lanes.get(name);
        if (lane === undefined) throw new Error(`${name} has no lane`);
        // What another process has committed is to be changed, too.
        lane.outdateRules();
        await lane.change(prepare);
      } finally {
        await connection.disconnect();
      }
    },
    endSessions: (sessionIds) => {
      bus.publish({ type: 'sessions-ended', sessionIds: [...sessionIds] });
      own.endSessions(sessionIds);
    },
    close: async () => {
      watch.stop();
      nodes.stop();
      endpoint.close();
      judging.close();
      readState.close();
      activity.close();
      news.close();
      hocuspocus.closeConnections();
      hocuspocus.flushPendingStores();
      await unloaded(hocuspocus, log);
      endpoint.terminate();
      for (const lane of lanes.values()) lane.close();
      await own.settled();
    },
  });
}

async function unloaded(hocuspocus: Hocuspocus<SyncContext>, log: Logger): Promise<void> {
  const deadline = performance.now() + CLOSE_DEADLINE_MS;
  while (hocuspocus.documents.size > 0 && performance.now() < deadline) {
    hocuspocus.flushPendingStores();
    await new Promise((resolve) => setTimeout(resolve, CLOSE_POLL_MS));
  }
  if (hocuspocus.documents.size > 0)
    log.warn({ documents: hocuspocus.documents.size }, 'documents were left loaded');
}
