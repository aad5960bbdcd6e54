import { expect, test } from 'vitest';
import {
  pageDocumentName,
  parseDocumentName,
  roomDocumentName,
  userDocumentName,
} from './documentName.ts';
import type { RoomId, UserId } from './ids.ts';

const roomId = '0193a0d0-0000-7000-8000-000000000001' as RoomId;
const userId = '0193a0d0-0000-7000-8000-000000000002' as UserId;

test('a name that was made is read back', () => {
  expect(parseDocumentName(roomDocumentName(roomId))).toEqual({ kind: 'room', roomId });
  expect(parseDocumentName(pageDocumentName(roomId, 12))).toEqual({
    kind: 'page',
    roomId,
    page: 12,
  });
  expect(parseDocumentName(userDocumentName(userId))).toEqual({ kind: 'user', userId });
});

test.each([
  `page:${roomId}:01`,
  `page:${roomId}:-1`,
  `page:${roomId}:1e3`,
  `page:${roomId}:99999999`,
  `page:${roomId}`,
  `room:${roomId}\0x`,
  `room:${roomId}\n`,
  ` room:${roomId}`,
  `room:${roomId.toUpperCase()}`,
  `room:${roomId}:0`,
  'room:',
  '__proto__',
  '',
])('T25 %j names nothing', (name) => {
  expect(parseDocumentName(name)).toBeUndefined();
});
