import { pageDocumentName, roomDocumentName } from '@skerry/protocol/documentName.ts';
import { MessageId, type EpochMs, type RoomId, type UserId } from '@skerry/protocol/ids.ts';
import {
  editedRecord,
  isTombstone,
  newMessageRecord,
  readMessageRecord,
  tombstoneOf,
  type WrittenRecord,
} from '@skerry/protocol/page/messageRecord.ts';
import { messagesOf } from '@skerry/protocol/page/pageDoc.ts';
import {
  readRoomMembers,
  readRoomMeta,
  type RoomMember,
  type RoomMeta,
} from '@skerry/protocol/room/roomDoc.ts';
import { v4, v7 } from 'uuid';
import type { Documents, LiveDocument } from './documents.ts';
import type { Timers } from './heartbeat.ts';
import type { LocalStore } from './localStore.ts';
import { messageList } from './messageList.ts';
import { addOperation, type NewOperation, type Outbox } from './outbox.ts';
import { createPresence } from './presence.ts';
import { createSignal, derive } from './readable.ts';
import type {
  ConnectionState,
  ListedMessage,
  OpenRoom,
  Person,
  Readable,
  RoomListItem,
  RoomStatus,
} from './views.ts';

export interface RoomDeps {
  me: Person;
  documents: Documents;
  outbox: Outbox;
  store: LocalStore;
  connection: Readable<ConnectionState>;
  /** The room as my room list has it. */
  findListed: (id: RoomId) => (Pick<RoomListItem, 'kind' | 'name'> & { head: number }) | undefined;
  rooms: Pick<Readable<unknown>, 'subscribe'>;
  timers: Timers;
}

/** Pages read before the head, so that a fresh head does not show an almost empty room. */
const PAGES_BEFORE_HEAD = 1;

/** Opens one room for a screen: what this device has at once, the rest as it arrives. */
export function openRoom(deps: RoomDeps, id: RoomId): OpenRoom {
  const { me, documents, outbox, store, timers } = deps;
  const room = documents.acquire(roomDocumentName(id));
  const pages = new Map<number, LiveDocument>();
  const undoPages = new Map<number, () => void>();
  const pagesChanged = createSignal();
  const presence = createPresence(me.id, timers);

  const findHead = (): number =>
    readRoomMeta(room.stored.doc)?.head ?? deps.findListed(id)?.head ?? 0;
  const followHead = (): void => {
    const head = findHead();
    const first = Math.max(0, head - PAGES_BEFORE_HEAD);
    for (let page = first; page <= head; page += 1) {
      if (pages.has(page)) continue;
      const live = documents.acquire(pageDocumentName(id, page));
      pages.set(page, live);
      undoPages.set(page, live.stored.changed.subscribe(pagesChanged.fire));
    }
    pagesChanged.fire();
  };
  const followPresence = (): void => {
    presence.follow(room.link.get().state === 'synced' ? room.awareness() : null);
  };
  const undo = [
    room.stored.changed.subscribe(followHead),
    deps.rooms.subscribe(followHead),
    room.link.subscribe(followPresence),
  ];

  const meta = derive<RoomMeta | undefined>([room.stored.changed], (last) =>
    keep(last, readRoomMeta(room.stored.doc)),
  );
  const members = derive<ReadonlyMap<UserId, RoomMember>>([room.stored.changed], (last) => {
    const next = readRoomMembers(room.stored.doc);
    return last !== undefined && isSame([...last], [...next]) ? last : next;
  });
  const findPerson = (userId: UserId): Person | undefined => {
    const member = members.get().get(userId);
    return member && { id: userId, name: member.name, avatar: member.avatar };
  };
  const orderedPages = (): LiveDocument[] =>
    [...pages].sort(([a], [b]) => a - b).map(([, live]) => live);
  const messages = derive<readonly ListedMessage[]>(
    [pagesChanged, members, outbox.rows],
    (last) => {
      const { outbox: unsent, tray } = outbox.rows.get();
      const here = (row: { room: { id: RoomId } }): boolean => row.room.id === id;
      const rows = { outbox: unsent.filter(here), tray: tray.filter(here) };
      return messageList(
        { me, findPerson },
        orderedPages().map((live) => live.stored.doc),
        rows,
        last,
      );
    },
  );
  const status = derive<RoomStatus>(
    [room.link, room.stored.changed, room.stored.isLoaded, pagesChanged, deps.connection],
    () => {
      const link = room.link.get();
      if (link.state === 'denied' && link.code !== undefined && isForbidding(link.code)) {
        return 'forbidden';
      }
      const isLoaded =
        room.stored.isLoaded.get() && orderedPages().every((live) => live.stored.isLoaded.get());
      if (!isLoaded) return 'loading';
      if (meta.get() !== undefined) return 'ready';
      const connection = deps.connection.get();
      return connection === 'online' || connection === 'connecting' ? 'loading' : 'not-on-device';
    },
  );

  const add = async (operation: Pick<NewOperation, 'kind' | 'messageId' | 'value' | 'target'>) => {
    const listed = deps.findListed(id);
    const { kind, name } = meta.get() ?? listed ?? { kind: undefined, name: '' };
    const at: EpochMs = timers.now();
    const about = { id, name, ...(kind === undefined ? {} : { kind }) };
    await outbox.change(addOperation({ opId: v4(), at, room: about, ...operation }));
  };
  const target = (page: number): NewOperation['target'] => ({
    document: pageDocumentName(id, page),
  });

  /** My message as it is now, with what I did to it since, and the page it is on. */
  const findMine = (
    messageId: MessageId,
  ): { record: WrittenRecord; target: NewOperation['target'] } => {
    const { outbox: unsent, tray } = outbox.rows.get();
    const own =
      unsent.findLast((row) => row.messageId === messageId) ??
      tray.find((row) => row.messageId === messageId && row.kind === 'post');
    const page = [...pages].find(([, live]) => messagesOf(live.stored.doc).has(messageId));
    const stored = page && readMessageRecord(messagesOf(page[1].stored.doc).get(messageId));
    const record = own?.value ?? stored;
    const where = own?.target ?? (page && target(page[0]));
    if (record === undefined || where === undefined || isTombstone(record) || record.by !== me.id) {
      throw new Error('only an own message that is still there can be changed');
    }
    return { record, target: where };
  };

  followHead();
  followPresence();

  return {
    id,
    status,
    meta,
    members,
    messages,
    here: presence.here,
    typing: presence.typing,
    setTyping: presence.setTyping,
    post: async (text) => {
      const messageId = MessageId.parse(v7());
      const value = newMessageRecord(me.id, timers.now(), text);
      await add({ kind: 'post', messageId, value, target: target(findHead()) });
      return messageId;
    },
    edit: async (messageId, text) => {
      const mine = findMine(messageId);
      const value = editedRecord(mine.record, text, timers.now());
      await add({ kind: 'edit', messageId, value, target: mine.target });
    },
    remove: async (messageId) => {
      const mine = findMine(messageId);
      await add({
        kind: 'delete',
        messageId,
        value: tombstoneOf(mine.record),
        target: mine.target,
      });
    },
    loadDraft: () => store.loadDraft(id),
    saveDraft: (text) => store.saveDraft(id, text),
    close: () => {
      for (const stop of [...undo, ...undoPages.values()]) stop();
      for (const derived of [status, messages, members, meta]) derived.close();
      presence.close();
      for (const live of pages.values()) live.release();
      room.release();
    },
  };
}

function isForbidding(code: string): boolean {
  return code === 'forbidden' || code === 'not-a-member' || code === 'room-not-found';
}

function keep<T>(last: T, next: T): T {
  return isSame(last, next) ? last : next;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
