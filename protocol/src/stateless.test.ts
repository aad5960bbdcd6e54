import { expect, test } from 'vitest';
import { encodeStateless, parseClientMessage, parseServerMessage } from './stateless.ts';

test('what one side encodes the other reads', () => {
  const refused = { type: 'refused', code: 'stale', key: 'messages/x', client: 7 } as const;
  expect(parseServerMessage(encodeStateless(refused))).toEqual(refused);
  const ping = { type: 'ping', id: 3 } as const;
  expect(parseClientMessage(encodeStateless(ping))).toEqual(ping);
});

test.each([
  '',
  'later',
  '{',
  'null',
  '{"type":"greeting"}',
  '{"type":"refused","code":"no-such-code"}',
])('%j is ignored', (payload) => {
  expect(parseServerMessage(payload)).toBeUndefined();
  expect(parseClientMessage(payload)).toBeUndefined();
});

test('a client message of any length beyond reason is not even parsed', () => {
  expect(
    parseClientMessage(JSON.stringify({ type: 'ping', id: 1, pad: 'x'.repeat(300) })),
  ).toBeUndefined();
});
