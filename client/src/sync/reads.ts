import { userDocumentName } from '@skerry/protocol/documentName.ts';
import type { ArrivalNumber, EpochMs, RoomId, UserId } from '@skerry/protocol/ids.ts';
import {
  changeMark,
  joinChanges,
  type ReadChange,
  type ReadMark,
} from '@skerry/protocol/user/readMark.ts';
import { v4 } from 'uuid';
import { nextSeq, type OperationRows, type ReadOperation, type Rule } from './operation.ts';

/** What I did to a read mark, before it has its place. */
export interface NewRead {
  me: UserId;
  room: ReadOperation['room'];
  at: EpochMs;
  change: ReadChange;
}

/** Adds what I did to a room's read mark, joined with what has not left yet. */
export function addRead({ me, room, at, change }: NewRead): Rule {
  return (rows) => {
    const last = readsOf(rows, room.id).at(-1);
    if (last?.attempts.length === 0) {
      const joined = { ...last, at, change: joinChanges(last.change, change) };
      return { ...rows, outbox: rows.outbox.map((row) => (row === last ? joined : row)) };
    }
    const target = { document: userDocumentName(me) };
    const fresh = { opId: v4(), kind: 'read' as const, target, room, at, change };
    return { ...rows, outbox: [...rows.outbox, { ...fresh, seq: nextSeq(rows), attempts: [] }] };
  };
}

/** A stored read mark with what I did since, on this device. */
export function markWith(stored: ReadMark, rows: OperationRows, roomId: RoomId): ReadMark {
  return readsOf(rows, roomId).reduce((mark, { change }) => changeMark(mark, change), stored);
}

/**
 * The server was restored from a backup: numbers above a room's last one will be given to other messages,
 * which nobody has read. Undefined: nothing is known of the room.
 */
export function clampReads(lastOf: (roomId: RoomId) => ArrivalNumber | undefined): Rule {
  return (rows) => ({
    ...rows,
    outbox: rows.outbox.map((row) => {
      const last = lastOf(row.room.id);
      return row.kind === 'read' && last !== undefined
        ? { ...row, change: clamp(row.change, last) }
        : row;
    }),
  });
}

function clamp({ base, upTo, seen, unread }: ReadChange, last: ArrivalNumber): ReadChange {
  const isThere = (number: ArrivalNumber): boolean => number <= last;
  return {
    base: Math.min(base, last),
    upTo: Math.min(upTo, last),
    seen: seen.filter(isThere),
    unread: unread.filter(isThere),
  };
}

function readsOf({ outbox }: OperationRows, roomId: RoomId): ReadOperation[] {
  return outbox.filter((row) => row.kind === 'read').filter((row) => row.room.id === roomId);
}
