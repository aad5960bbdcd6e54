import { isRoomId, type RoomId, type UserId } from '@skerry/protocol/ids.ts';
import type { ServerMessage } from '@skerry/protocol/stateless.ts';
import type { ReadMark } from '@skerry/protocol/user/readMark.ts';
import * as z from 'zod/mini';
import { countPages } from './countPages.ts';
import type { Timers } from './heartbeat.ts';
import type { LocalStore } from './localStore.ts';
import type { PageView } from './messageList.ts';
import { newestIn } from './newestIn.ts';
import { createCell } from './readable.ts';
import {
  hearActivity,
  hearCount,
  hearNewest,
  hearRemoval,
  NOTHING_HEARD,
  RoomReading,
  standingOf,
} from './unread.ts';
import type { Readable } from './views.ts';

/** Stored on disk: add optional fields, never rename. */
const Readings = z.object({
  /** Of the database that counted: arrival numbers of another one say nothing. */
  epoch: z.optional(z.string()),
  rooms: z.record(z.string(), RoomReading),
});

export interface UnreadStore {
  rooms: Readable<ReadonlyMap<RoomId, RoomReading>>;
  /** Something that the server said on my user document. */
  hear: (message: ServerMessage) => void;
  /** These are the newest pages of a room, without a gap. `isCurrent`: they are all that the server has. */
  seePages: (roomId: RoomId, pages: readonly PageView[], isCurrent: boolean) => void;
  close: () => Promise<void>;
}

export interface UnreadStoreDeps {
  me: UserId;
  store: Pick<LocalStore, 'loadMeta' | 'saveMeta'>;
  timers: Timers;
  /** My read mark of a room with what I did since. */
  markOf: (roomId: RoomId) => ReadMark;
  /** Only one tab writes. */
  mayWrite: () => boolean;
}

const META_KEY = 'unread';
const SAVE_AFTER_MS = 1_000;

/** How my rooms stand with me, on disk so that it shows without a network. */
export async function openUnreadStore(deps: UnreadStoreDeps): Promise<UnreadStore> {
  const { me, store, timers, markOf, mayWrite } = deps;
  // Unreadable: it comes again with the next summary.
  const stored = Readings.safeParse(await store.loadMeta(META_KEY).catch(() => undefined)).data;
  let epoch = stored?.epoch;
  const rooms = createCell<ReadonlyMap<RoomId, RoomReading>>(
    new Map(
      Object.entries(stored?.rooms ?? {}).flatMap(([id, one]) => (isRoomId(id) ? [[id, one]] : [])),
    ),
  );
  let cancelSave: (() => void) | undefined;

  const save = async (): Promise<void> => {
    cancelSave?.();
    cancelSave = undefined;
    if (!mayWrite()) return;
    // A full disk: it comes again with the next summary.
    await store
      .saveMeta(META_KEY, { epoch, rooms: Object.fromEntries(rooms.get()) })
      .catch(() => undefined);
  };
  const set = (next: ReadonlyMap<RoomId, RoomReading>): void => {
    rooms.set(next);
    cancelSave ??= timers.setTimeout(() => void save(), SAVE_AFTER_MS);
  };
  const known = (id: RoomId): RoomReading => rooms.get().get(id) ?? NOTHING_HEARD;
  const change = (changed: Iterable<[RoomId, RoomReading]>): void => {
    set(new Map([...rooms.get(), ...changed]));
  };
  return {
    rooms,
    hear: (message) => {
      switch (message.type) {
        case 'summary': {
          const isSame = message.epoch === epoch;
          epoch = message.epoch;
          const base = (id: RoomId) => (isSame ? known(id) : NOTHING_HEARD);
          set(new Map(message.rooms.map((one) => [one.room, hearCount(base(one.room), one)])));
          return;
        }
        case 'unread':
          change(message.rooms.map((one) => [one.room, hearCount(known(one.room), one)]));
          return;
        case 'activity':
          change(
            message.rooms.map((one) => [
              one.room,
              hearActivity(known(one.room), one, timers.now()),
            ]),
          );
          return;
        case 'newest':
          change(
            message.rooms.map((one) => [one.room, hearRemoval(known(one.room), one, timers.now())]),
          );
          return;
        case 'refused':
        case 'later':
        case 'rebuild':
        case 'barrier':
        case 'pong':
        case 'here':
          return; // about something else
        default:
          return message satisfies never;
      }
    },
    seePages: (roomId, pages, isCurrent) => {
      const mark = markOf(roomId);
      const before = known(roomId);
      const standing = standingOf(before, mark);
      const counted = countPages(pages, me, mark, standing);
      // Older than what was heard of: the pages are still on their way.
      if (counted === undefined || counted.last < standing.last) return;
      // A copy from before the server was restored tells of what is gone.
      if (counted.last > standing.last && !isCurrent) return;
      const newest = newestIn(pages);
      const after = hearCount(before, { room: roomId, mark, ...counted });
      const next = newest === undefined ? after : hearNewest(after, newest);
      if (JSON.stringify(next) !== JSON.stringify(before)) change([[roomId, next]]);
    },
    close: async () => {
      if (cancelSave !== undefined) await save();
    },
  };
}
