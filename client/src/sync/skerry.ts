import { userDocumentName } from '@skerry/protocol/documentName.ts';
import type { RoomId, UserId } from '@skerry/protocol/ids.ts';
import { formatSyncToken } from '@skerry/protocol/syncToken.ts';
import { readRoomList, type RoomListEntry } from '@skerry/protocol/user/userDoc.ts';
import type * as Y from 'yjs';
import { Connection, type ConnectionOptions, type Line } from './connection.ts';
import { documentDatabaseName } from './deviceData.ts';
import { asksFirst, consentTo, discardAsking, type FindKind } from './consent.ts';
import { Documents } from './documents.ts';
import { REAL_TIMERS, type Timers } from './heartbeat.ts';
import { openIndexedDbStore } from './indexedDbStore.ts';
import { createMemoryStore, type LocalStore } from './localStore.ts';
import { createLostRooms } from './lostRooms.ts';
import { messagesIn, toOperationView } from './operation.ts';
import { createOutbox, discardOperation, retryOperation } from './outbox.ts';
import { followProgress } from './progress.ts';
import { derive } from './readable.ts';
import { openRoom } from './room.ts';
import { listRooms } from './roomList.ts';
import { createRoomReads } from './roomReads.ts';
import { DocumentSender } from './sender.ts';
import { SendQueue } from './sendQueue.ts';
import { onlyTab, openTabs, type Tabs } from './tabs.ts';
import { goOnWith, isAwaited } from './tray.ts';
import { NOTHING_HEARD, standingOf } from './unread.ts';
import { openUnreadStore, type UnreadStore } from './unreadStore.ts';
import type { OperationView, Person, RoomListItem, Skerry } from './views.ts';
import { whenLoaded } from './whenLoaded.ts';
import { defaultWakeSources, isVisible, type WakeSources } from './waking.ts';

export interface SkerryDeps {
  person: Person;
  /** ws(s)://host/sync */
  url: string;
  /** Empty: the cookie says who I am. */
  bearer?: string;
  /** Absent: IndexedDB, or memory when it cannot be opened. */
  storage?: LocalStore;
  timers?: Timers;
  wakeSources?: WakeSources;
  WebSocketPolyfill?: typeof WebSocket;
  /** Another way to the server; absent: a WebSocket. */
  connect?: (options: ConnectionOptions) => Line;
  /** Throw when a stored document is edited on this device: tests and development. */
  guarded?: boolean;
}

/** Opens everything of one person on this device, without waiting for the network. */
export async function openSkerry(deps: SkerryDeps): Promise<Skerry> {
  const { person, timers = REAL_TIMERS, wakeSources = defaultWakeSources() } = deps;
  const { connect = (options: ConnectionOptions): Line => new Connection(options) } = deps;
  const store = deps.storage ?? (await openStore(person.id));
  const isOnDisk = store.kind === 'indexeddb';
  let isClosed = false;
  const leaving = new AbortController();

  const tabs: Tabs = isOnDisk
    ? openTabs({
        userId: person.id,
        timers,
        isVisible: () => isVisible(wakeSources),
        onOperationsChanged: () => void outbox.reload().catch(() => undefined), // the next one tells
        onLeave: () => {
          leaving.abort();
        },
      })
    : onlyTab();
  const outbox = createOutbox(store, tabs.operationsChanged);
  const unread: UnreadStore = await openUnreadStore({
    me: person.id,
    store,
    timers,
    markOf: (roomId) => reads.markOf(roomId),
    // Nothing is written into what another tab is deleting.
    mayWrite: () => tabs.isSender.get() && !leaving.signal.aborted,
  });
  try {
    await outbox.reload();
  } catch (error) {
    tabs.close();
    store.close();
    if (!isOnDisk) throw error;
    return openSkerry({ ...deps, storage: createMemoryStore() }); // it opens, but cannot be read
  }

  const userName = userDocumentName(person.id);
  const connection = connect({
    url: deps.url,
    token: formatSyncToken(deps.bearer),
    WebSocketPolyfill: deps.WebSocketPolyfill,
    timers,
    wakeSources,
    pingOn: userName,
  });
  const documents: Documents = new Documents({
    connection,
    databaseName: isOnDisk ? (name) => documentDatabaseName(person.id, name) : undefined,
    mayWrite: () => tabs.isSender.get(),
    guarded: deps.guarded ?? false,
    createSender: (document, wire, stored) =>
      new DocumentSender({
        document,
        outbox,
        wire,
        stored,
        next: () => sendQueue.next(document),
        now: timers.now,
        schedule: (delayMs, run) => timers.setTimeout(run, delayMs),
        onRefused: (code) => {
          connection.refused(code);
        },
      }),
    onMessage: (message) => {
      unread.hear(message);
      withPrefetch((prefetch) => {
        prefetch.hear(message);
      });
      if (message.type === 'summary')
        withSent((sent) => {
          sent.hearEpoch(message.epoch);
        });
    },
    onChanged: (name, doc) => {
      if (name === userName) return;
      goOn(name, doc);
      withSent((sent) => {
        sent.pageChanged(name, doc);
      });
    },
    onDenied: (name, code) => void lostRooms.setAside(name, code).catch(() => undefined), // denied again next time
    timers,
  });
  const withPrefetch = whenLoaded(
    import('./prefetch.ts').then(({ createPrefetch }) =>
      createPrefetch({
        documents,
        mayFetch: () => isOnDisk && tabs.isSender.get() && !isClosed,
        timers,
      }),
    ),
  );
  const user = documents.acquire(userName);
  const reads = createRoomReads({ me: person.id, user: user.stored, outbox, timers });
  const roomList = derive<ReadonlyMap<RoomId, RoomListEntry>>([user.stored.changed], () =>
    readRoomList(user.stored.doc),
  );
  const findKind: FindKind = (roomId) => roomList.get().get(roomId)?.kind;
  const sendQueue: SendQueue = new SendQueue({
    documents,
    rows: outbox.rows.get,
    findHead: (roomId) => roomList.get().get(roomId)?.head,
    findKind,
    // My room list says what a room is now: nothing leaves before that is known.
    maySend: () => tabs.isSender.get() && !isClosed && user.link.get().state === 'synced',
  });

  const withSent = whenLoaded(
    import('./sentKeeper.ts').then(({ createSentKeeper }) =>
      createSentKeeper({
        userDocument: userName,
        store,
        outbox,
        documents,
        findHead: (roomId) => roomList.get().get(roomId)?.head,
        lastOf: (roomId) => {
          const reading = unread.rooms.get().get(roomId);
          return reading && standingOf(reading, reads.markOf(roomId)).last;
        },
        maySend: () => tabs.isSender.get() && !isClosed,
        timers,
      }),
    ),
  );

  const lostRooms = createLostRooms({ me: person.id, outbox, documents, roomList, timers });

  /** Where a message has come that something was set aside for. */
  function goOn(name: string, page: Y.Doc): void {
    if (tabs.isSender.get() && isAwaited(outbox.rows.get(), page))
      void outbox.note(goOnWith(name, page));
  }

  const updateQueue = (): void => {
    if (!isClosed) sendQueue.update();
  };
  const undo = [
    outbox.rows.subscribe(updateQueue),
    outbox.rows.subscribe(() => {
      for (const { name, doc } of documents.syncedPages()) goOn(name, doc);
    }),
    roomList.subscribe(updateQueue),
    user.link.subscribe(updateQueue),
    connection.reached.subscribe(() => {
      documents.retryDenied();
      updateQueue();
      if (isOnDisk && tabs.isSender.get()) void lostRooms.forget();
    }),
    tabs.isSender.subscribe(() => {
      documents.setMayWrite(tabs.isSender.get());
      withSent((sent) => {
        sent.update();
      });
      updateQueue();
    }),
    followVisibility(wakeSources, tabs),
  ];
  updateQueue();

  const rooms = derive<readonly RoomListItem[] | undefined>(
    [user.stored.changed, outbox.rows, unread.rooms],
    (last) =>
      user.stored.isLoaded.get()
        ? listRooms(
            roomList.get(),
            outbox.rows.get(),
            (id) => {
              const reading = unread.rooms.get().get(id) ?? NOTHING_HEARD;
              return { ...standingOf(reading, reads.markOf(id)), newest: reading.newest };
            },
            last,
          )
        : undefined,
  );
  const unsent = derive<readonly OperationView[]>([outbox.rows, roomList], () =>
    messagesIn(outbox.rows.get().outbox).map((row) =>
      toOperationView(row, asksFirst(row, findKind)),
    ),
  );
  const tray = derive<readonly OperationView[]>([outbox.rows], () =>
    outbox.rows.get().tray.map((row) => toOperationView(row, false)),
  );

  async function close(): Promise<void> {
    if (isClosed) return;
    isClosed = true;
    for (const stop of undo) stop();
    sendQueue.close();
    withSent((sent) => {
      sent.close();
    });
    withPrefetch((prefetch) => {
      prefetch.close();
    });
    await unread.close();
    user.release();
    await documents.close();
    connection.close();
    tabs.close();
    store.close();
    for (const derived of [rooms, unsent, tray, roomList]) derived.close();
  }

  leaving.signal.addEventListener('abort', () => void close());
  if (leaving.signal.aborted) await close(); // while this tab was still opening

  return {
    userId: person.id,
    storage: store.kind,
    connection: connection.state,
    rooms,
    outbox: unsent,
    tray,
    openRoom: (id) =>
      openRoom(
        {
          me: person,
          documents,
          outbox,
          store,
          connection: connection.state,
          findListed: (roomId) => roomList.get().get(roomId),
          rooms: roomList,
          reads,
          unread,
          timers,
          isKept: () => isOnDisk && tabs.isSender.get(),
        },
        id,
      ),
    retry: async (opId) => {
      await outbox.change(retryOperation(opId));
    },
    discard: async (opId) => {
      const { outbox: unsent } = await outbox.change(discardOperation(opId));
      return !unsent.some((row) => row.opId === opId);
    },
    sendAnyway: async (roomId) => {
      await outbox.change(consentTo(roomId));
    },
    discardAsking: async (roomId) => {
      await outbox.change(discardAsking(roomId));
    },
    progress: followProgress(outbox.rows, (row) => asksFirst(row, findKind)),
    reconnect: () => {
      documents.retryDenied();
      connection.reconnect();
    },
    close,
  };
}

async function openStore(userId: UserId): Promise<LocalStore> {
  if (!('indexedDB' in globalThis)) return createMemoryStore();
  try {
    return await openIndexedDbStore(userId);
  } catch {
    return createMemoryStore(); // private mode, a full or broken disk: `storage` says so
  }
}

function followVisibility({ page }: WakeSources, tabs: Tabs): () => void {
  const look = (): void => {
    if (page?.visibilityState !== 'hidden') tabs.takeOver();
  };
  page?.addEventListener('visibilitychange', look);
  look();
  return () => page?.removeEventListener('visibilitychange', look);
}
