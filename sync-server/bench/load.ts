import { performance } from 'node:perf_hooks';
import { setTimeout as after } from 'node:timers/promises';
import type { Crowd } from './crowd.ts';
import { percentilesOf, type Percentiles } from './percentiles.ts';

/** Longest wait for what is still on its way when the last message has been sent. */
const DRAIN_MS = 15_000;
const DRAIN_POLL_MS = 20;
const LEAST_WARM_UP_SECONDS = 2;
/** Prime, so that neighbours in time are not neighbours in a room. */
const STRIDE = 7_919;

export interface LoadResult {
  sent: number;
  deliveries: number;
  /** Everything sent was acknowledged and reached everybody else in its room. */
  isComplete: boolean;
  arrival: Percentiles;
  acknowledgement: Percentiles;
  /** Behind the schedule, by the generator's own fault. */
  lateMs: Percentiles;
  /** Share of the time in which the generator's event loop was busy. */
  generatorUse: number;
}

/** Everybody writes once: what the server reads about a person at their first message is known from then on. */
export async function warmUp(crowd: Crowd, perSecond: number): Promise<void> {
  const seconds = Math.max(LEAST_WARM_UP_SECONDS, crowd.clients.length / perSecond);
  await runLoad(crowd, { perSecond, seconds });
}

/**
 * Open loop: sends at a fixed rate whether or not anything comes back. Latencies count from the moment of
 * sending; how late that was is reported beside them.
 */
export async function runLoad(
  crowd: Crowd,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<LoadResult> {
  const { clients, tally, membersPerRoom } = crowd;
  const before = { deliveries: tally.deliveries, acknowledgements: tally.acknowledgements };
  const total = Math.max(1, Math.round(perSecond * seconds));
  const late: number[] = [];
  const start = performance.now();
  const busyBefore = performance.eventLoopUtilization();
  for (let next = 0; next < total;) {
    const due = start + (next / perSecond) * 1_000;
    const now = performance.now();
    if (now < due) {
      await after(due - now);
      continue;
    }
    late.push(now - due);
    const sender = (tally.sent * STRIDE) % clients.length;
    const { sequence, text } = tally.send(sender);
    clients[sender]?.post(sequence, text);
    next++;
  }
  const expected = total * (membersPerRoom - 1);
  const isComplete = () =>
    tally.deliveries - before.deliveries >= expected &&
    tally.acknowledgements - before.acknowledgements >= total;
  const deadline = performance.now() + DRAIN_MS;
  while (!isComplete() && performance.now() < deadline) await after(DRAIN_POLL_MS);
  return {
    sent: total,
    deliveries: tally.deliveries - before.deliveries,
    isComplete: isComplete(),
    ...tally.takeLatencies(),
    lateMs: percentilesOf(late),
    generatorUse: performance.eventLoopUtilization(busyBefore).utilization,
  };
}
