import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import type { RoomId } from '@skerry/protocol/ids.ts';
import type { ServerMessage } from '@skerry/protocol/stateless.ts';
import type { Documents, LiveDocument } from './documents.ts';
import type { Timers } from './heartbeat.ts';

/** Keeps the newest page of rooms that are not open on this device, so that what is new is there offline. */
export interface Prefetch {
  /** Something that the server said on my user document. */
  hear: (message: ServerMessage) => void;
  close: () => void;
}

export interface PrefetchDeps {
  documents: Pick<Documents, 'acquire' | 'isOpen'>;
  /** Only one tab, and only where what is fetched stays. */
  mayFetch: () => boolean;
  timers: Timers;
  /** From 0 up to 1. */
  random?: () => number;
}

/** Rooms that wait; of more than these, the ones with the latest news. */
const MAX_WAITING = 20;
/** All members of a room hear of a message in the same moment: they do not come for it together. */
const [MIN_DELAY_MS, MAX_DELAY_MS] = [5_000, 60_000];
/** A page that is not here by then comes when the room is opened. */
const FETCH_LIMIT_MS = 15_000;

export function createPrefetch(deps: PrefetchDeps): Prefetch {
  const { documents, mayFetch, timers, random = Math.random } = deps;
  /** Room to head page, the latest news last. */
  const waiting = new Map<RoomId, number>();
  let stop: (() => void) | undefined;

  const plan = (): void => {
    if (stop !== undefined || waiting.size === 0) return;
    const delayMs = MIN_DELAY_MS + random() * (MAX_DELAY_MS - MIN_DELAY_MS);
    stop = timers.setTimeout(next, delayMs);
  };
  const next = (): void => {
    stop = undefined;
    const latest = [...waiting].at(-1);
    if (latest === undefined || !mayFetch()) {
      waiting.clear();
      return;
    }
    const [roomId, page] = latest;
    waiting.delete(roomId);
    const name = pageDocumentName(roomId, page);
    if (documents.isOpen(name)) plan();
    else fetch(documents.acquire(name));
  };
  const fetch = ({ link, release }: LiveDocument): void => {
    const done = (): void => {
      stop = undefined;
      cancelLimit();
      unfollow();
      release();
    };
    const look = (): void => {
      const { state } = link.get();
      if (state !== 'synced' && state !== 'denied') return;
      done();
      plan();
    };
    const cancelLimit = timers.setTimeout(() => {
      done();
      plan();
    }, FETCH_LIMIT_MS);
    const unfollow = link.subscribe(look);
    stop = done;
    look();
  };
  return {
    hear: (message) => {
      if (message.type !== 'activity' || !mayFetch()) return;
      for (const { room, page } of message.rooms) {
        waiting.delete(room);
        waiting.set(room, page);
      }
      for (const room of [...waiting.keys()].slice(0, -MAX_WAITING)) waiting.delete(room);
      plan();
    },
    close: () => {
      waiting.clear();
      stop?.();
      stop = () => undefined; // nothing is planned any more
    },
  };
}
