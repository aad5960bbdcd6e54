import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../test/testServer.ts';

const SCRIPT = 'export const words = "words words words";';
let folder: string;
let server: TestServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skerry-client-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Skerry</title>');
  writeFileSync(join(folder, 'assets/app-1.js'), SCRIPT);
  writeFileSync(join(folder, 'assets/app-1.js.gz'), gzipSync(SCRIPT));
  server = await startTestServer({ CLIENT_DIR: folder });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a file goes out compressed to whoever reads that, and as it is to anybody else', async () => {
  for (const [encoding, sent] of [
    ['gzip', 'gzip'],
    ['br, gzip', 'gzip'],
    ['identity', null],
  ] as const) {
    const answer = await server.call('GET', '/assets/app-1.js', {
      headers: { 'accept-encoding': encoding },
    });
    expect(answer.text).toBe(SCRIPT);
    expect(answer.headers.get('content-encoding')).toBe(sent);
    expect(answer.headers.get('content-type')).toMatch(/javascript/);
    expect(answer.headers.get('vary')).toContain('accept-encoding');
    expect(answer.headers.get('cache-control')).toContain('immutable');
  }
});

test('every address of the app is its start page, asked for each time', async () => {
  const page = await server.call('GET', '/room/anything', { headers: { accept: 'text/html' } });
  expect(page.text).toContain('<title>Skerry</title>');
  expect(page.headers.get('cache-control')).toBe('no-cache');
});
