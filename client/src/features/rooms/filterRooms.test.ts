import { RoomId } from '@skerry/protocol/ids.ts';
import type { RoomKind } from '@skerry/protocol/room/roomDoc.ts';
import { expect, test } from 'vitest';
import type { RoomListItem } from '../../sync/views.ts';
import { filterRooms, neighbourOf } from './filterRooms.ts';

const ROOMS = [
  room(1, 'north-shore', 'public'),
  room(2, 'Bo', 'direct'),
  room(3, 'Café', 'private'),
];

test('rooms and direct conversations are sections in order of name', () => {
  const { rooms, direct } = filterRooms(ROOMS, '');
  expect(rooms.map(({ name }) => name)).toEqual(['Café', 'north-shore']);
  expect(direct.map(({ name }) => name)).toEqual(['Bo']);
});

test('unread ones of all kinds stand first, and the one on screen stays where it is', () => {
  const unread = ROOMS.map((one) => ({ ...one, unread: one.name === 'Café' ? 0 : 2 }));
  const names = (isUnread?: Parameters<typeof filterRooms>[2]) => {
    const { unread: first, rooms, direct } = filterRooms(unread, '', isUnread);
    return [first, rooms, direct].map((section) => section.map(({ name }) => name));
  };
  expect(names()).toEqual([['Bo', 'north-shore'], ['Café'], []]);
  expect(names(({ name }) => name === 'Café')).toEqual([['Café'], ['north-shore'], ['Bo']]);
});

test('the filter looks for each word, whatever its case and accents', () => {
  expect(filterRooms(ROOMS, ' CAFE ').rooms.map(({ name }) => name)).toEqual(['Café']);
  expect(filterRooms(ROOMS, 'shore north').rooms.map(({ name }) => name)).toEqual(['north-shore']);
  expect(filterRooms(ROOMS, 'x')).toEqual({ unread: [], rooms: [], direct: [] });
});

test('the neighbour of the last room is nobody, of no room the first or last one', () => {
  const [first, second, third] = ROOMS;
  expect(neighbourOf(ROOMS, first?.id, 1)).toBe(second);
  expect(neighbourOf(ROOMS, third?.id, 1)).toBeUndefined();
  expect(neighbourOf(ROOMS, first?.id, -1)).toBeUndefined();
  expect(neighbourOf(ROOMS, undefined, 1)).toBe(first);
  expect(neighbourOf(ROOMS, undefined, -1)).toBe(third);
});

function room(n: number, name: string, kind: RoomKind): RoomListItem {
  const id = RoomId.parse(`01890000-0000-7000-8000-${String(n).padStart(12, '0')}`);
  return {
    id,
    kind,
    name,
    role: 'member',
    unsent: 0,
    refused: 0,
    asking: 0,
    unread: 0,
    mentions: 0,
    newest: undefined,
  };
}
