import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Rounds } from './rounds.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('T19 the first run comes at once, what is asked for after it shares one run after the pause', async () => {
  let runs = 0;
  const rounds = new Rounds(1_000, () => {
    runs++;
  });
  for (let i = 0; i < 100; i++) rounds.request();
  await vi.advanceTimersByTimeAsync(0);
  expect(runs).toBe(1);
  for (let i = 0; i < 100; i++) rounds.request();
  await vi.advanceTimersByTimeAsync(999);
  expect(runs).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(runs).toBe(2);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(runs).toBe(2);
});

test('T19 the pause begins when a run has ended, and runs never overlap', async () => {
  const began: number[] = [];
  const rounds = new Rounds(1_000, async () => {
    began.push(performance.now());
    await new Promise((resolve) => setTimeout(resolve, 5_000));
  });
  const start = performance.now();
  rounds.request();
  await vi.advanceTimersByTimeAsync(100);
  rounds.request();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(began.map((at) => at - start)).toEqual([0, 6_000]);
});

test('nothing runs after the end', async () => {
  let runs = 0;
  const rounds = new Rounds(1_000, () => {
    runs++;
  });
  rounds.request();
  rounds.close();
  rounds.request();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(runs).toBe(0);
});
