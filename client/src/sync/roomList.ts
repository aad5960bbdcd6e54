import type { RoomId } from '@skerry/protocol/ids.ts';
import type { RoomListEntry } from '@skerry/protocol/user/userDoc.ts';
import { asksFirst } from './consent.ts';
import { messagesIn, type OperationRows } from './operation.ts';
import type { RoomListItem } from './views.ts';

/** My rooms with what of each wants me; `last` is the list before, and stays when nothing changed. */
export function listRooms(
  rooms: ReadonlyMap<RoomId, RoomListEntry>,
  { outbox, tray }: OperationRows,
  readingOf: (id: RoomId) => Pick<RoomListItem, 'unread' | 'mentions' | 'newest'>,
  last: readonly RoomListItem[] | undefined,
): readonly RoomListItem[] {
  const next = [...rooms].map(([id, { kind, name, role }]) => ({
    id,
    kind,
    name,
    role,
    unsent: messagesIn(outbox).filter((row) => row.room.id === id).length,
    asking: outbox.filter((row) => row.room.id === id && asksFirst(row, () => kind)).length,
    refused: tray.filter((row) => row.room.id === id).length,
    ...readingOf(id),
  }));
  return last !== undefined && JSON.stringify(last) === JSON.stringify(next) ? last : next;
}
