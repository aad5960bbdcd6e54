import { parseDocumentName } from '@skerry/protocol/documentName.ts';
import type { RoomId } from '@skerry/protocol/ids.ts';
import { USER_ROOTS } from '@skerry/protocol/user/userDoc.ts';
import type { Logger } from 'pino';
import type * as Y from 'yjs';
import type { Database } from '../platform/database.ts';
import type { AccessStore } from './accessStore.ts';
import { compactDocument } from './compaction.ts';
import { describeError } from './describeError.ts';
import type { OnPageClosed } from './pageBounds.ts';

/** User documents that are changed at the same time: one commit takes them all, and others come between. */
const MAX_AT_ONCE = 50;

interface Deps {
  db: Database;
  store: Pick<AccessStore, 'findHead'>;
  log: Logger;
  /** Names of the documents that are loaded here, or are being loaded. */
  loaded: () => Iterable<string>;
  /** The live document once it is loaded; undefined: it is not. */
  live: (name: string) => Promise<Y.Doc | undefined>;
  /** Makes a loaded `room:` or `user:` document say what the tables say. */
  refresh: (name: string) => Promise<void>;
}

export interface HeadFollowing {
  onPageClosed: OnPageClosed;
  refreshHead: (roomId: RoomId) => Promise<void>;
  /** Settles when nothing of it is under way. */
  settled: () => Promise<void>;
}

/** What follows when a room goes on in its next page: no page waits for it. */
export function followHeads(deps: Deps): HeadFollowing {
  const underWay = new Set<Promise<void>>();
  const follow = oneAtATime((roomId) => refreshHead(deps, roomId));
  const run = (name: string, work: Promise<unknown>) => {
    const done = work.then(
      () => undefined,
      (error: unknown) => {
        deps.log.warn({ document: name, cause: describeError(error) }, 'a head was not followed');
      },
    );
    underWay.add(done);
    void done.then(() => underWay.delete(done));
  };
  return {
    onPageClosed: ({ name, roomId }, isOurs) => {
      run(name, follow(roomId));
      // It grows little from here on, and whoever scrolls up loads one snapshot.
      if (isOurs) run(name, compactDocument(deps.db, name));
    },
    refreshHead: follow,
    settled: async () => {
      await Promise.all(underWay);
    },
  };
}

/** Whoever asks before the work on a room has begun shares it; whoever asks while it runs waits for the next. */
function oneAtATime(work: (roomId: RoomId) => Promise<void>): (roomId: RoomId) => Promise<void> {
  const waiting = new Map<RoomId, Promise<void>>();
  const running = new Map<RoomId, Promise<void>>();
  return (roomId) => {
    const begin = async () => {
      await running.get(roomId)?.catch(() => undefined); // whoever asked for that one was told
      waiting.delete(roomId);
      const done = work(roomId).finally(() => running.delete(roomId));
      running.set(roomId, done);
      await done;
    };
    const next = waiting.get(roomId) ?? Promise.resolve().then(begin);
    waiting.set(roomId, next);
    return next;
  };
}

/** Only what names another page is changed: of two who tell of the same page one comes too late. */
async function refreshHead(deps: Deps, roomId: RoomId): Promise<void> {
  const head = await deps.store.findHead(roomId);
  const names = [...new Set(deps.loaded())];
  const isBehind = await Promise.all(
    names.map(async (name) => {
      const said = await headIn(deps, name, roomId);
      return said !== undefined && said !== head;
    }),
  );
  const behind = names.filter((_, index) => isBehind[index]);
  const failures: unknown[] = [];
  for (let from = 0; from < behind.length; from += MAX_AT_ONCE) {
    const done = await Promise.allSettled(behind.slice(from, from + MAX_AT_ONCE).map(deps.refresh));
    for (const each of done) if (each.status === 'rejected') failures.push(each.reason);
  }
  // One that cannot be changed now keeps nobody else from it.
  if (failures.length > 0) throw failures[0];
}

/** What a document says of a room's head page; undefined: nothing. */
async function headIn({ live }: Deps, name: string, roomId: RoomId): Promise<number | undefined> {
  const parsed = parseDocumentName(name);
  if (parsed?.kind === 'room' && parsed.roomId === roomId)
    return (await live(name))?.getMap<number>('meta').get('head');
  if (parsed?.kind !== 'user') return undefined;
  const rooms = (await live(name))?.getMap<{ head: number }>(USER_ROOTS.rooms);
  return rooms?.get(roomId)?.head;
}
