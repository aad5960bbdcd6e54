import { expect, test } from 'vitest';
import { judgeOrigin, type OriginVerdict } from './origin.ts';

const PUBLIC_URL = 'https://chat.example.org';
const HOST = '10.0.0.5:8080';

test.each<[what: string, method: string, headers: Record<string, string>, OriginVerdict]>([
  ['the public address', 'POST', { origin: PUBLIC_URL }, 'own'],
  ['the request’s host', 'POST', { origin: `http://${HOST}` }, 'own'],
  ['another site', 'POST', { origin: 'https://evil.example' }, 'foreign'],
  ['another site that reads', 'GET', { origin: 'https://evil.example' }, 'foreign'],
  ['a sandboxed frame', 'POST', { origin: 'null' }, 'foreign'],
  ['a longer name', 'POST', { origin: `${PUBLIC_URL}.evil.example` }, 'foreign'],
  ['another port', 'POST', { origin: 'http://10.0.0.5:8081' }, 'foreign'],
  ['the public name without TLS', 'POST', { origin: 'http://chat.example.org' }, 'foreign'],
  ['another scheme', 'POST', { origin: `ftp://${HOST}` }, 'foreign'],
  ['no origin on a change', 'POST', { 'sec-fetch-site': 'same-origin' }, 'unknown'],
  ['no origin on an upgrade', 'UPGRADE', { 'sec-fetch-site': 'same-origin' }, 'unknown'],
  ['no origin and nothing else', 'GET', {}, 'unknown'],
  ['our page that reads', 'GET', { 'sec-fetch-site': 'same-origin' }, 'own'],
  ['an address typed in', 'GET', { 'sec-fetch-site': 'none' }, 'own'],
  ['a link from another site', 'GET', { 'sec-fetch-site': 'cross-site' }, 'unknown'],
  ['a sister site', 'GET', { 'sec-fetch-site': 'same-site' }, 'unknown'],
  ['our page on plain http', 'GET', { referer: `http://${HOST}/room/1` }, 'own'],
  ['a foreign referer', 'GET', { referer: 'http://evil.example/' }, 'unknown'],
  [
    'a referer that lies',
    'GET',
    { referer: PUBLIC_URL, 'sec-fetch-site': 'cross-site' },
    'unknown',
  ],
  ['a referer on a change', 'POST', { referer: PUBLIC_URL }, 'unknown'],
])('%s', (_what, method, headers, verdict) => {
  expect(judgeOrigin({ headers, method, host: HOST, publicUrl: PUBLIC_URL })).toBe(verdict);
});

test('a default port written out is no difference', () => {
  const headers = { origin: 'https://chat.example.org' };
  const host = 'chat.example.org:443';
  expect(judgeOrigin({ headers, method: 'POST', host, publicUrl: undefined })).toBe('own');
});
