import type { RoomId } from '@skerry/protocol/ids.ts';
import type { Bus } from '../platform/bus/bus.ts';
import { Rounds } from '../platform/rounds.ts';
import type { Posted } from './postWatch.ts';

/** People elsewhere are told at most once per second anyway, and without Redis each piece of news is a row. */
const MIN_GAP_MS = 1_000;

/** Tells the other processes in which rooms this one has stored messages. */
export class PostNews {
  readonly #bus: Bus;
  readonly #news = new Map<RoomId, Posted>();
  readonly #rounds = new Rounds(MIN_GAP_MS, () => {
    this.#publish();
  });

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  add(posted: Posted): void {
    if (this.#bus.reach === 'alone') return;
    const { roomId } = posted;
    const waiting = this.#news.get(roomId) ?? posted;
    this.#news.set(roomId, {
      roomId,
      page: Math.max(waiting.page, posted.page),
      first: Math.min(waiting.first, posted.first),
      last: Math.max(waiting.last, posted.last),
    });
    this.#rounds.request();
  }

  close(): void {
    this.#rounds.close();
  }

  #publish(): void {
    this.#bus.publish({ type: 'activity', rooms: [...this.#news.values()] });
    this.#news.clear();
  }
}
