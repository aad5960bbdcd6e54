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

test('the filter looks for each word, whatever its case and accents', () => {
  expect(filterRooms(ROOMS, ' CAFE ').rooms.map(({ name }) => name)).toEqual(['Café']);
  expect(filterRooms(ROOMS, 'shore north').rooms.map(({ name }) => name)).toEqual(['north-shore']);
  expect(filterRooms(ROOMS, 'x')).toEqual({ rooms: [], direct: [] });
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
  return { id, kind, name, role: 'member', unsent: 0, refused: 0 };
}
