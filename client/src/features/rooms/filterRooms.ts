import type { RoomKind } from '@skerry/protocol/room/roomDoc.ts';
import type { RoomListItem } from '../../sync/views.ts';

export interface RoomSections {
  unread: RoomListItem[];
  rooms: RoomListItem[];
  direct: RoomListItem[];
}

const DIRECT: readonly RoomKind[] = ['direct', 'group'];

/**
 * The rooms with the filter's words in their name, by section, in order of name. `isUnread` says which
 * stand among the unread ones: the room on screen stays where it was while it is read.
 */
export function filterRooms(
  rooms: readonly RoomListItem[],
  filter: string,
  isUnread: (room: RoomListItem) => boolean = hasUnread,
): RoomSections {
  const found = rooms
    .filter(({ name }) => matches(name, filter))
    .sort((a, b) => a.name.localeCompare(b.name));
  const rest = found.filter((room) => !isUnread(room));
  return {
    unread: found.filter(isUnread),
    rooms: rest.filter(({ kind }) => !DIRECT.includes(kind)),
    direct: rest.filter(({ kind }) => DIRECT.includes(kind)),
  };
}

export function hasUnread({ unread }: RoomListItem): boolean {
  return unread > 0;
}

/** Each word of the filter is somewhere in the text, whatever its case and accents. */
export function matches(text: string, filter: string): boolean {
  const folded = fold(text);
  return fold(filter)
    .split(/\s+/)
    .every((word) => folded.includes(word));
}

/** The neighbour of a room in the list; the first or last one when it is not there. */
export function neighbourOf<T extends { id: string }>(
  rooms: readonly T[],
  id: string | undefined,
  step: 1 | -1,
): T | undefined {
  const at = rooms.findIndex((room) => room.id === id);
  if (at === -1) return rooms.at(step === 1 ? 0 : -1);
  return rooms[at + step];
}

function fold(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLocaleLowerCase()
    .trim();
}
