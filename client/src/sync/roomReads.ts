import type { ArrivalNumber, RoomId, UserId } from '@skerry/protocol/ids.ts';
import {
  isUnread,
  markUnread,
  readSince,
  readUpTo,
  type ReadChange,
  type ReadMark,
} from '@skerry/protocol/user/readMark.ts';
import { joinedSince, readMarkOf } from '@skerry/protocol/user/userDoc.ts';
import type { Timers } from './heartbeat.ts';
import type { ReadOperation } from './operation.ts';
import type { Outbox } from './outbox.ts';
import { derive, type Derived } from './readable.ts';
import { addRead, markWith } from './reads.ts';
import type { StoredDocument } from './storedDocument.ts';
import type { ListedMessage } from './views.ts';

/** How far I have read: my marks as the server has them, with what I did since, and when I joined. */
export interface RoomReads {
  markOf: (roomId: RoomId) => ReadMark;
  /** Undefined until it was read from this device. */
  follow: (roomId: RoomId) => Derived<ReadMark | undefined>;
  /** What was marked unread elsewhere since the look began stays so. */
  readUpTo: (
    room: ReadOperation['room'],
    number: ArrivalNumber,
    lookedFrom: ReadMark,
  ) => Promise<void>;
  /** Everything of others from this message on counts as unread again. */
  markUnread: (
    room: ReadOperation['room'],
    from: ArrivalNumber,
    messages: readonly Pick<ListedMessage, 'number' | 'mine'>[],
  ) => Promise<void>;
}

export interface RoomReadsDeps {
  me: UserId;
  user: StoredDocument;
  outbox: Outbox;
  timers: Timers;
}

export function createRoomReads({ me, user, outbox, timers }: RoomReadsDeps): RoomReads {
  const ownMarkOf = (roomId: RoomId): ReadMark =>
    markWith(readMarkOf(user.doc, roomId), outbox.rows.get(), roomId);
  const markOf = (roomId: RoomId): ReadMark =>
    readSince(ownMarkOf(roomId), joinedSince(user.doc, roomId));
  const change = async (room: ReadOperation['room'], done: ReadChange): Promise<void> => {
    // My own mark is what is changed, and it may be lower than what counts as read since I joined.
    const own = { ...done, base: ownMarkOf(room.id).number };
    await outbox.change(addRead({ me, room, at: timers.now(), change: own }));
  };
  return {
    markOf,
    follow: (roomId) =>
      derive<ReadMark | undefined>([user.changed, user.isLoaded, outbox.rows], (last) => {
        if (!user.isLoaded.get()) return undefined;
        const mark = markOf(roomId);
        return JSON.stringify(last) === JSON.stringify(mark) ? last : mark;
      }),
    readUpTo: async (room, number, lookedFrom) => {
      const mark = markOf(room.id);
      const shown = (lookedFrom.except ?? []).filter((each) => mark.except?.includes(each));
      if (number <= mark.number && !shown.some((each) => each <= number)) return;
      await change(room, readUpTo({ ...mark, except: shown }, number));
    },
    markUnread: async (room, from, messages) => {
      const mark = markOf(room.id);
      const numbers = messages.flatMap(({ number, mine }) =>
        number !== undefined && number >= from && !mine && !isUnread(mark, number) ? number : [],
      );
      if (numbers.length > 0) await change(room, markUnread(mark, numbers));
    },
  };
}
