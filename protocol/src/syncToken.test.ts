import { expect, test } from 'vitest';
import { formatSyncToken, parseSyncToken } from './syncToken.ts';
import { PROTOCOL_VERSION } from './version.ts';

test('our own token carries the protocol version, with a bearer token or without', () => {
  expect(parseSyncToken(formatSyncToken())).toEqual({ version: PROTOCOL_VERSION, bearer: '' });
  expect(parseSyncToken(formatSyncToken('abc'))).toEqual({
    version: PROTOCOL_VERSION,
    bearer: 'abc',
  });
});

test('any other token is the bearer token of a client without a version', () => {
  expect(parseSyncToken('abc')).toEqual({ version: undefined, bearer: 'abc' });
  expect(parseSyncToken('')).toEqual({ version: undefined, bearer: '' });
});

test('a version that is no number is older than any', () => {
  expect(parseSyncToken('skerry/x abc')).toEqual({ version: 0, bearer: 'abc' });
});
