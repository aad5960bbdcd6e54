import type { RoomId } from '@skerry/protocol/ids.ts';
import type { RefusalCode } from '@skerry/protocol/refusals.ts';
import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import type { OperationView } from '../../sync/views.ts';
import { whyText } from './whyText.ts';

const TODAY = new Date(2026, 4, 18).getTime();
const AT = new Date(2026, 4, 18, 10, 2).getTime();

function why(code: RefusalCode, kind: OperationView['room']['kind']): string {
  const room = { id: v7() as RoomId, kind, name: 'general' };
  return whyText(
    { room, asks: false, refusal: { code, at: AT } },
    { connection: 'online', isFirst: true, today: TODAY },
  );
}

test('B11 what was set aside with a room says which one I am in no more, and when that was heard', () => {
  expect(why('not-a-member', 'public')).toMatch(
    /at 10:02.*: you were removed from #general, or left it/,
  );
  expect(why('room-not-found', 'private')).toMatch(
    /#general is gone, or you were removed from it, or left it/,
  );
  expect(why('not-a-member', 'group')).toMatch(/removed from general,/);
  expect(why('room-locked', 'public')).toMatch(/the room is locked/);
});
