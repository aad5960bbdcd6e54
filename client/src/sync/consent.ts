import type { RoomId } from '@skerry/protocol/ids.ts';
import type { RoomKind } from '@skerry/protocol/room/roomDoc.ts';
import { messagesIn, type Operation, type Rule } from './operation.ts';

/** What a room is now; undefined while this device does not know it. */
export type FindKind = (roomId: RoomId) => RoomKind | undefined;

/**
 * Were these words written for fewer people than can read the room now? Then they wait for their author's
 * consent. A delete has no words.
 */
export function asksFirst({ kind, room }: Operation, findKind: FindKind): boolean {
  if (kind !== 'post' && kind !== 'edit') return false;
  if (room.kind === undefined || room.kind === 'public') return false;
  return findKind(room.id) === 'public';
}

/** The author knows what the room has become: what waits in it may go. */
export function consentTo(roomId: RoomId): Rule {
  return (rows) => ({
    ...rows,
    outbox: rows.outbox.map((row) =>
      row.room.id === roomId ? { ...row, room: { ...row.room, kind: 'public' } } : row,
    ),
  });
}

/**
 * Forgets what asks, with all that was done to it since. What may have left already keeps its delete: it may
 * stand in the room.
 */
export function discardAsking(roomId: RoomId): Rule {
  return (rows) => {
    const asking = messagesIn(rows.outbox).filter(
      (row) => row.room.id === roomId && asksFirst(row, () => 'public'),
    );
    const gone = new Set(asking.map(({ messageId }) => messageId));
    const tried = new Set(
      asking.filter(({ attempts }) => attempts.length > 0).map(({ messageId }) => messageId),
    );
    return {
      ...rows,
      outbox: rows.outbox.filter(
        (row) =>
          row.kind === 'read' ||
          !gone.has(row.messageId) ||
          (row.kind === 'delete' && tried.has(row.messageId)),
      ),
    };
  };
}
