import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KEEP_ALIVE_MS, speakPlain } from './plainDialect.ts';
import type { Dialect } from './socketServing.ts';

/** Hocuspocus lets the document's client in: name, auth, authenticated. */
const AUTHENTICATED = Uint8Array.of(1, 'x'.charCodeAt(0), 2, 2);

const sent: Uint8Array[] = [];
const closed: unknown[][] = [];
let pings = 0;
let dialect: Dialect;
beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  [sent.length, closed.length, pings] = [0, 0, 0];
  dialect = speakPlain({
    documentName: 'user:someone',
    presence: () => undefined,
    refused: () => undefined,
    socket: {
      close: (...why) => closed.push(why),
      receive: () => undefined,
      send: (frame) => sent.push(frame),
      ping: () => pings++,
    },
  });
});
afterEach(() => {
  dialect.close();
  vi.useRealTimers();
});

test('T34 D14 a quiet document says something before a y-websocket client takes the line for dead', () => {
  expect(KEEP_ALIVE_MS).toBeLessThan(30_000);
  vi.advanceTimersByTime(KEEP_ALIVE_MS * 2);
  expect(sent).toEqual([Uint8Array.of(1, 1, 0), Uint8Array.of(1, 1, 0)]);
  expect(pings).toBe(2);
  dialect.close();
  vi.advanceTimersByTime(KEEP_ALIVE_MS);
  expect(sent).toHaveLength(2);
});

test('D14 presence is told to nobody whom the document has not let in', () => {
  dialect.read(Uint8Array.of(3));
  expect(sent).toEqual([]);
  dialect.write(AUTHENTICATED);
  expect(sent).toEqual([Uint8Array.of(1, 1, 0)]);
});

test('T25 D14 who asks for presence again and again is answered 5 times in 10 s, then cut off', () => {
  dialect.write(AUTHENTICATED);
  for (let n = 0; n < 55; n++) expect(dialect.read(Uint8Array.of(3))).toBeUndefined();
  expect([sent.length, closed]).toEqual([5, []]);
  dialect.read(Uint8Array.of(3));
  expect(closed).toEqual([[4429, 'flood']]);
});
