import { parseDocumentName, userDocumentName } from '@skerry/protocol/documentName.ts';
import type { RoomId, UserId } from '@skerry/protocol/ids.ts';
import { REFUSALS, type RefusalCode } from '@skerry/protocol/refusals.ts';
import { formatSyncToken } from '@skerry/protocol/syncToken.ts';
import { readRoomList, type RoomListEntry } from '@skerry/protocol/user/userDoc.ts';
import { Connection } from './connection.ts';
import { deleteStoredDocuments, documentDatabaseName } from './deviceData.ts';
import { Documents } from './documents.ts';
import { REAL_TIMERS, type Timers } from './heartbeat.ts';
import { openIndexedDbStore } from './indexedDbStore.ts';
import { createMemoryStore, type LocalStore } from './localStore.ts';
import { toOperationView, type OperationRows } from './operation.ts';
import { createOutbox, discardOperation, retryOperation } from './outbox.ts';
import { derive } from './readable.ts';
import { openRoom } from './room.ts';
import { PageSender } from './sender.ts';
import { SendQueue } from './sendQueue.ts';
import { onlyTab, openTabs, type Tabs } from './tabs.ts';
import { leaveMissingPage, refuseAccount, refuseRoom } from './tray.ts';
import type { OperationView, Person, RoomListItem, Skerry } from './views.ts';
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
  /** Throw when a stored document is edited on this device: tests and development. */
  guarded?: boolean;
}

/** Opens everything of one person on this device, without waiting for the network. */
export async function openSkerry(deps: SkerryDeps): Promise<Skerry> {
  const { person, timers = REAL_TIMERS, wakeSources = defaultWakeSources() } = deps;
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
  try {
    await outbox.reload();
  } catch (error) {
    tabs.close();
    store.close();
    if (!isOnDisk) throw error;
    return openSkerry({ ...deps, storage: createMemoryStore() }); // it opens, but cannot be read
  }

  const userName = userDocumentName(person.id);
  const connection = new Connection({
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
      new PageSender({
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
    onDenied: (name, code) => void setAside(name, code).catch(() => undefined), // denied again next time
    timers,
  });
  const user = documents.acquire(userName);
  const roomList = derive<ReadonlyMap<RoomId, RoomListEntry>>([user.stored.changed], () =>
    readRoomList(user.stored.doc),
  );
  const sendQueue: SendQueue = new SendQueue({
    documents,
    rows: outbox.rows.get,
    findHead: (roomId) => roomList.get().get(roomId)?.head,
    maySend: () => tabs.isSender.get() && !isClosed,
  });

  /** Losing a room or the account sets its unsent words aside; other rooms go on. */
  async function setAside(name: string, code: RefusalCode): Promise<void> {
    const { scope, retry } = REFUSALS[code];
    const document = parseDocumentName(name);
    if (code === 'not-found' && document?.kind === 'page') {
      const head = roomList.get().get(document.roomId)?.head;
      const isMeant = outbox.rows.get().outbox.some((row) => row.target.document === name);
      if (head !== undefined && isMeant)
        await outbox.change(leaveMissingPage(name, head, timers.now()));
    }
    if (retry !== 'never') return;
    if (scope === 'account') await outbox.change(refuseAccount(code, timers.now()));
    else if (scope === 'room' && document !== undefined && document.kind !== 'user') {
      await outbox.change(refuseRoom(document.roomId, code, timers.now()));
    }
  }

  /** Rooms that I lost leave this device, but for my own words. */
  async function forgetLostRooms(): Promise<void> {
    const kept = new Set(roomList.get().keys());
    await deleteStoredDocuments(person.id, (name) => {
      const document = parseDocumentName(name);
      const isMine = document === undefined || document.kind === 'user';
      return !isMine && !kept.has(document.roomId) && !documents.isOpen(name);
    }).catch(() => undefined); // the next start tries again
  }

  const updateQueue = (): void => {
    if (!isClosed) sendQueue.update();
  };
  const undo = [
    outbox.rows.subscribe(updateQueue),
    roomList.subscribe(updateQueue),
    connection.reached.subscribe(() => {
      documents.retryDenied();
      updateQueue();
      if (isOnDisk && tabs.isSender.get()) void forgetLostRooms();
    }),
    tabs.isSender.subscribe(() => {
      documents.setMayWrite(tabs.isSender.get());
      updateQueue();
    }),
    followVisibility(wakeSources, tabs),
  ];
  updateQueue();

  const rooms = derive<readonly RoomListItem[] | undefined>(
    [user.stored.changed, outbox.rows],
    (last) => keep(last, listRooms(user.stored.isLoaded.get(), roomList.get(), outbox.rows.get())),
  );
  const unsent = derive<readonly OperationView[]>([outbox.rows], () =>
    outbox.rows.get().outbox.map(toOperationView),
  );
  const tray = derive<readonly OperationView[]>([outbox.rows], () =>
    outbox.rows.get().tray.map(toOperationView),
  );

  async function close(): Promise<void> {
    if (isClosed) return;
    isClosed = true;
    for (const stop of undo) stop();
    sendQueue.close();
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
          timers,
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

function listRooms(
  isLoaded: boolean,
  rooms: ReadonlyMap<RoomId, RoomListEntry>,
  { outbox, tray }: OperationRows,
): readonly RoomListItem[] | undefined {
  if (!isLoaded) return undefined;
  return [...rooms].map(([id, { kind, name, role }]) => ({
    id,
    kind,
    name,
    role,
    unsent: outbox.filter((row) => row.room.id === id).length,
    refused: tray.filter((row) => row.room.id === id).length,
  }));
}

function keep<T>(last: T | undefined, next: T): T {
  return last !== undefined && JSON.stringify(last) === JSON.stringify(next) ? last : next;
}
