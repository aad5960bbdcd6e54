import { parseDocumentName, roomDocumentName } from '@skerry/protocol/documentName.ts';
import type { RoomId, UserId } from '@skerry/protocol/ids.ts';
import {
  readRoomMembers,
  readRoomMeta,
  type RoomMember,
  type RoomMeta,
} from '@skerry/protocol/room/roomDoc.ts';
import type { Documents } from './documents.ts';
import type { Timers } from './heartbeat.ts';
import type { LocalStore } from './localStore.ts';
import { messageList, type MessageList } from './messageList.ts';
import type { NewOperation, Outbox } from './outbox.ts';
import { createPresence } from './presence.ts';
import { derive } from './readable.ts';
import { createRoomActs } from './roomActs.ts';
import { createRoomPages } from './roomPages.ts';
import type { RoomReads } from './roomReads.ts';
import type { UnreadStore } from './unreadStore.ts';
import type {
  ConnectionState,
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
  reads: RoomReads;
  unread: Pick<UnreadStore, 'seePages'>;
  timers: Timers;
  /** This tab writes what it receives to disk. */
  isKept: () => boolean;
}

/** Opens one room for a screen: what this device has at once, the rest as it arrives. */
export function openRoom(deps: RoomDeps, id: RoomId): OpenRoom {
  const { me, documents, outbox, store, connection, timers } = deps;
  const room = documents.acquire(roomDocumentName(id));
  const presence = createPresence(me.id, timers);

  const followPresence = (): void => {
    presence.follow(room.link.get().state === 'synced' ? room.awareness() : null);
  };
  const undo = [room.link.subscribe(followPresence)];
  followPresence();

  const meta = derive<RoomMeta | undefined>([room.stored.changed], (last) =>
    keep(last, readRoomMeta(room.stored.doc)),
  );
  const members = derive<ReadonlyMap<UserId, RoomMember>>([room.stored.changed], (last) => {
    const next = readRoomMembers(room.stored.doc);
    return last !== undefined && isSame([...last], [...next]) ? last : next;
  });
  const pages = createRoomPages({
    roomId: id,
    documents,
    connection,
    findHead: () => {
      const known = meta.get()?.head ?? deps.findListed(id)?.head;
      // My words may be on a new head before the room tells of it.
      return known === undefined ? undefined : Math.max(known, lastPageSentTo(outbox, id));
    },
    headSources: [meta, deps.rooms, outbox.rows],
    mayDrop: deps.isKept,
  });
  const list = derive<MessageList>([pages.changed, members, outbox.rows], (last) => {
    const { outbox: unsent, tray } = outbox.rows.get();
    const here = (row: { room: { id: RoomId } }): boolean => row.room.id === id;
    const rows = { outbox: unsent.filter(here), tray: tray.filter(here) };
    return messageList({ me, members: members.get() }, pages.views(), rows, last);
  });
  const status = derive<RoomStatus>(
    [room.link, room.stored.changed, room.stored.isLoaded, list, pages.older, connection],
    () => {
      const link = room.link.get();
      if (link.state === 'denied' && link.code !== undefined && isForbidding(link.code)) {
        return 'forbidden';
      }
      if (!room.stored.isLoaded.get()) return 'loading';
      if (meta.get() === undefined) {
        const state = connection.get();
        return state === 'online' || state === 'connecting' ? 'loading' : 'not-on-device';
      }
      if (list.get().messages.length > 0) return 'ready';
      const older = pages.older.get();
      return older === 'none' ? 'ready' : older === 'more' ? 'loading' : older;
    },
  );

  const mark = deps.reads.follow(id);
  const isCaughtUp = derive<boolean>(
    [room.link, pages.changed],
    () => room.link.get().state === 'synced' && pages.isCurrent(),
  );
  const count = (): void => {
    deps.unread.seePages(id, pages.endViews(), pages.isCurrent());
  };
  undo.push(pages.changed.subscribe(count), mark.subscribe(count));
  const about = (): NewOperation['room'] => {
    const { kind, name } = meta.get() ?? deps.findListed(id) ?? { kind: undefined, name: '' };
    return { id, name, ...(kind === undefined ? {} : { kind }) };
  };

  return {
    id,
    status,
    meta,
    members,
    messages: { get: () => list.get().messages, subscribe: list.subscribe },
    older: pages.older,
    loadOlder: pages.loadOlder,
    hole: pages.hole,
    loadNewer: pages.loadNewer,
    show: pages.show,
    seek: pages.seek,
    seeking: pages.seeking,
    here: presence.here,
    typing: presence.typing,
    setTyping: presence.setTyping,
    ...createRoomActs({ me, outbox, pages, about, now: timers.now }),
    mark,
    isCaughtUp,
    readUpTo: (number, lookedFrom) => deps.reads.readUpTo(about(), number, lookedFrom),
    markUnread: (from) => deps.reads.markUnread(about(), from, list.get().messages),
    loadDraft: () => store.loadDraft(id),
    saveDraft: (text) => store.saveDraft(id, text),
    close: () => {
      for (const stop of undo) stop();
      for (const derived of [status, list, members, meta, mark, isCaughtUp]) derived.close();
      presence.close();
      pages.close();
      room.release();
    },
  };
}

function lastPageSentTo(outbox: Outbox, id: RoomId): number {
  const sent = outbox.rows
    .get()
    .outbox.filter((row) => row.room.id === id && row.attempts.length > 0);
  const pages = sent.map((row) => parseDocumentName(row.target.document));
  return Math.max(0, ...pages.map((page) => (page?.kind === 'page' ? page.page : 0)));
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
