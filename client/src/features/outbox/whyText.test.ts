import type { RoomId } from '@skerry/protocol/ids.ts';
import type { RefusalCode } from '@skerry/protocol/refusals.ts';
import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import type { OperationView } from '../../sync/views.ts';
import { whyText } from './whyText.ts';

const TODAY = new Date(2026, 4, 18).getTime();
const AT = new Date(2026, 4, 18, 10, 2).getTime();

function why(code: RefusalCode, kind: OperationView['room']['kind'], left?: true): string {
  const room = { id: v7() as RoomId, kind, name: 'general' };
  return whyText(
    { room, asks: false, refusal: { code, at: AT, left } },
    { connection: 'online', isFirst: true, today: TODAY },
  );
}

test('B11 what was set aside with a room says from which one I was removed, and when', () => {
  expect(why('not-a-member', 'public')).toMatch(/you were removed from #general at 10:02/);
  expect(why('room-not-found', 'private')).toMatch(/#general is gone, or you were removed from it/);
  expect(why('not-a-member', 'group')).toMatch(/removed from general at/);
  expect(why('not-a-member', 'public', true)).toMatch(/you left #general at 10:02/);
  expect(why('room-locked', 'public')).toMatch(/the room is locked/);
});
