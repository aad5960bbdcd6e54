import { expect, test } from 'vitest';
import { createHeartbeat } from './heartbeat.ts';
import { createManualTimers } from '../../test/sync/manualTimers.ts';
import { listenForWaking } from './waking.ts';

function start(visible = true) {
  const timers = createManualTimers();
  const seen = { pings: 0, deaths: 0 };
  const heartbeat = createHeartbeat({
    timers,
    ping: () => (seen.pings += 1),
    onDead: () => {
      seen.deaths += 1;
    },
    isVisible: () => visible,
  });
  return { timers, heartbeat, seen };
}

function open(visible = true) {
  const started = start(visible);
  started.heartbeat.opening();
  started.heartbeat.heard();
  return started;
}

test('a live socket is asked every 10 s while visible and every 25 s while hidden', () => {
  for (const [visible, everyMs] of [
    [true, 10_000],
    [false, 25_000],
  ] as const) {
    const { timers, heartbeat, seen } = open(visible);
    for (let n = 1; n <= 3; n += 1) {
      timers.pass(everyMs);
      expect(seen.pings).toBe(n);
      heartbeat.heard();
    }
    expect(seen.deaths).toBe(0);
  }
});

test('a socket that does not answer for 3 s is dead', () => {
  const { timers, seen } = open();
  timers.pass(12_999);
  expect(seen).toEqual({ pings: 1, deaths: 0 });
  timers.pass(1);
  expect(seen.deaths).toBe(1);
});

test('an attempt without a first answer is given up after 10 s', () => {
  const { timers, heartbeat, seen } = start();
  heartbeat.opening();
  timers.pass(9_999);
  expect(seen.deaths).toBe(0);
  timers.pass(1);
  expect(seen.deaths).toBe(1);
});

test('after waking only the answer to the ping counts, not what lay in the buffers', () => {
  const { timers, heartbeat, seen } = open();
  heartbeat.wake();
  heartbeat.heard();
  timers.pass(1_000);
  expect(seen).toEqual({ pings: 1, deaths: 1 });
});

test('after waking a socket that answers is kept', () => {
  const { timers, heartbeat, seen } = open();
  heartbeat.wake();
  heartbeat.answered(1);
  timers.pass(9_000);
  expect(seen.deaths).toBe(0);
});

test('waking without a socket opens one at once', () => {
  const { heartbeat, seen } = open();
  heartbeat.closed();
  heartbeat.wake();
  expect(seen.deaths).toBe(1);
});

test('the last words of a socket that was given up bring nothing back', () => {
  const { timers, heartbeat, seen } = open();
  heartbeat.closed();
  heartbeat.heard();
  timers.pass(60_000);
  expect(seen).toEqual({ pings: 0, deaths: 0 });
});

test('every kind of waking is noticed, also a timer that fires 2 s late', () => {
  const timers = createManualTimers();
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const scope = new EventTarget();
  let wakes = 0;
  const stop = listenForWaking({ page, scope }, timers, () => {
    wakes += 1;
  });
  for (const event of ['pageshow', 'focus', 'online', 'offline']) {
    scope.dispatchEvent(new Event(event));
  }
  page.dispatchEvent(new Event('visibilitychange'));
  expect(wakes).toBe(5);
  page.visibilityState = 'hidden';
  page.dispatchEvent(new Event('visibilitychange'));
  timers.pass(5_000);
  expect(wakes).toBe(5);
  timers.sleep(10_000);
  expect(wakes).toBe(6);
  stop();
  timers.sleep(10_000);
  scope.dispatchEvent(new Event('focus'));
  expect(wakes).toBe(6);
});
