import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  Hocuspocus,
  type Extension,
  type connectedPayload,
  type onAuthenticatePayload,
  type onDisconnectPayload,
} from '@hocuspocus/server';
import {
  parseDocumentName,
  roomDocumentName,
  userDocumentName,
} from '@skerry/protocol/documentName.ts';
import type { RoomId, UserId } from '@skerry/protocol/ids.ts';
import type { Logger } from 'pino';
import type { Identify } from '../accounts/identity.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { admit, closeRefused, refuseAccess, type OpenDocument } from './access.ts';
import { createAccessStore, type AccessStore } from './accessStore.ts';
import { createOffenceLog } from './auditStore.ts';
import { createAwareness } from './awareness.ts';
import { randomClientId } from './clientId.ts';
import { describeError } from './describeError.ts';
import { createJudging } from './judging.ts';
import type { Lane } from './lane.ts';
import { createLoading, refresh } from './loading.ts';
import { Pacing, type PacingLimits } from './pacing.ts';
import { SocketRegistry } from './socketRegistry.ts';
import type { DocumentStats } from './stats.ts';
import { createSyncEndpoint, type UpgradeFacts } from './syncEndpoint.ts';
import { CLOSE_CODES, type SyncContext } from './syncSocket.ts';
import { createUpdateLog } from './updateLog.ts';

export interface DocumentsDeps {
  db: Database;
  log: Logger;
  clock: Clock;
  identify: Identify;
  pacing: PacingLimits;
}

/** What a room's or a person's standing changed to is read from the tables; this only says where to look. */
export interface AccessChange {
  roomId?: RoomId;
  userId?: UserId;
}

/** Yjs documents: who opens them, what gets in, and how it is stored. */
export interface Documents {
  /** Makes `room:<id>` say what the tables say. Call it after every change of a room or its members. */
  refreshRoom: (roomId: RoomId) => Promise<void>;
  /** Makes `user:<id>` say what the tables say. */
  refreshUser: (userId: UserId) => Promise<void>;
  /** Call it after a join, leave, role, lock, archive or suspension has been committed. */
  accessChanged: (change: AccessChange) => Promise<void>;
  /** Closes the sockets of these sessions (code 4401). */
  endSessions: (sessionIds: readonly string[]) => void;
  /** Takes a WebSocket upgrade of `/sync`. */
  handleUpgrade: (
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    facts: UpgradeFacts,
  ) => void;
  /** Takes nothing more, closes every connection and unloads; returns after CLOSE_DEADLINE_MS at the latest. */
  close: () => Promise<void>;
  readonly stats: DocumentStats;
}

/** Compaction is all a store does: durability does not hang on it. */
const STORE_DEBOUNCE_MS = 30_000;
const MAX_STORE_DEBOUNCE_MS = 120_000;
/** A reconnecting device attaches its documents at once. */
const MAX_PENDING_DOCUMENTS = 256;
/** How long an ended session may keep its sockets when nobody said so. */
const SESSION_CHECK_MS = 30_000;
const CLOSE_DEADLINE_MS = 5_000;
const CLOSE_POLL_MS = 20;

/** Starts the documents of one process. */
export function createDocuments(deps: DocumentsDeps): Promise<Documents> {
  const { db, log, clock } = deps;
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
    refused: {},
    log: updateLog.counts,
  };
  const access = createAccess(deps, store, sockets);
  const judging = createJudging({
    lanes,
    pacing: new Pacing(deps.pacing, clock),
    offences: createOffenceLog(db),
    clock,
    log,
    stats,
  });
  const loading = createLoading({
    db,
    log: updateLog,
    access: store,
    clock,
    serverClientId: randomClientId(),
    logger: log,
    stats,
    lanes,
  });
  const hocuspocus = new Hocuspocus<SyncContext>({
    quiet: true,
    debounce: STORE_DEBOUNCE_MS,
    maxDebounce: MAX_STORE_DEBOUNCE_MS,
    maxPendingDocuments: MAX_PENDING_DOCUMENTS,
    // A batch is one transaction already, and an echo must not come after the answer to a barrier.
    flushDelay: false,
    extensions: [access.extension, ...loading, createAwareness(), judging.extension],
  });
  const endpoint = createSyncEndpoint({ hocuspocus, sockets, clock, log });
  const checking = setInterval(() => {
    void endExpired(deps, store, sockets);
  }, SESSION_CHECK_MS);
  checking.unref();

  const refreshLoaded = async (name: string) => {
    await hocuspocus.loadingDocuments.get(name)?.catch(() => undefined);
    const lane = lanes.get(name);
    if (lane === undefined) return; // a document that is not loaded is made right when it is
    try {
      await refresh(db, lane);
    } catch (error) {
      if (lanes.get(name) === lane) throw error;
    }
  };
  const outdatePages = (change: AccessChange) => {
    for (const lane of lanes.values()) {
      const name = parseDocumentName(lane.name);
      if (name?.kind !== 'page') continue;
      if (change.roomId === undefined || change.roomId === name.roomId) lane.outdateRules();
    }
  };
  return Promise.resolve({
    stats,
    handleUpgrade: endpoint.handleUpgrade,
    refreshRoom: async (roomId) => {
      outdatePages({ roomId });
      await refreshLoaded(roomDocumentName(roomId));
    },
    refreshUser: (userId) => refreshLoaded(userDocumentName(userId)),
    accessChanged: async (change) => {
      access.bumpEpoch();
      await store.bumpRules(change);
      outdatePages(change);
      await closeRefused(store, openDocuments(hocuspocus), change);
    },
    endSessions: (sessionIds) => {
      closeSessions(sockets, new Set(sessionIds));
    },
    close: async () => {
      clearInterval(checking);
      endpoint.close();
      judging.close();
      hocuspocus.closeConnections();
      hocuspocus.flushPendingStores();
      await unloaded(hocuspocus, log);
      endpoint.terminate();
      for (const lane of lanes.values()) lane.close();
    },
  });
}

function createAccess(deps: DocumentsDeps, store: AccessStore, sockets: SocketRegistry) {
  let epoch = 0;
  const extension: Extension<SyncContext> = {
    onAuthenticate: async (payload: onAuthenticatePayload<SyncContext>) => {
      const { context, documentName, token, connectionConfig } = payload;
      const accessEpoch = epoch;
      const identity = await admit(
        { store, sockets, identify: deps.identify },
        context.socket,
        documentName,
        token,
      );
      // Only pages are written by members.
      connectionConfig.readOnly = parseDocumentName(documentName)?.kind !== 'page';
      return { identity, accessEpoch };
    },
    // Access may have changed between the decision and the open connection.
    connected: async ({ context, documentName, connection }: connectedPayload<SyncContext>) => {
      const name = parseDocumentName(documentName);
      if (context.accessEpoch === epoch || name === undefined) return;
      const { identity } = context;
      const refusal =
        identity === undefined
          ? 'unauthenticated'
          : await refuseAccess(store, identity.userId, name).catch(() => 'unavailable' as const);
      if (refusal !== undefined) connection.close({ code: CLOSE_CODES.forbidden, reason: refusal });
    },
    onDisconnect: ({ context, documentName }: onDisconnectPayload<SyncContext>) => {
      context.socket.documents.delete(documentName);
      return Promise.resolve();
    },
  };
  return {
    extension,
    bumpEpoch: () => {
      epoch++;
    },
  };
}

function openDocuments(hocuspocus: Hocuspocus<SyncContext>): OpenDocument[] {
  const open: OpenDocument[] = [];
  for (const document of hocuspocus.documents.values()) {
    const name = parseDocumentName(document.name);
    if (name === undefined) continue;
    for (const connection of document.getConnections()) {
      const { identity, socket } = connection.context as SyncContext;
      if (identity === undefined) continue;
      const close = (reason: string) => {
        connection.close({ code: CLOSE_CODES.forbidden, reason });
      };
      open.push({ name, userId: identity.userId, socket, close });
    }
  }
  return open;
}

function closeSessions(sockets: SocketRegistry, ended: ReadonlySet<string>): void {
  for (const socket of [...sockets.all]) {
    if ([...socket.sessions].some((id) => ended.has(id)))
      socket.close(CLOSE_CODES.unauthenticated, 'unauthenticated');
  }
}

/** Never rejects: the next round looks again. */
async function endExpired(
  { clock, log }: DocumentsDeps,
  store: AccessStore,
  sockets: SocketRegistry,
): Promise<void> {
  try {
    const sessions = new Set([...sockets.all].flatMap((socket) => [...socket.sessions]));
    closeSessions(sockets, await store.findEnded([...sessions], new Date(clock())));
  } catch (error) {
    log.warn({ cause: describeError(error) }, 'sessions were not checked');
  }
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
