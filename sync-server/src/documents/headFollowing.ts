import {
  parseDocumentName,
  roomDocumentName,
  userDocumentName,
} from '@skerry/protocol/documentName.ts';
import type { RoomId, UserId } from '@skerry/protocol/ids.ts';
import type { Logger } from 'pino';
import type { Database } from '../platform/database.ts';
import type { AccessStore } from './accessStore.ts';
import { compactDocument } from './compaction.ts';
import { describeError } from './describeError.ts';
import type { OnPageClosed } from './pageBounds.ts';

/** User documents that are changed at the same time: one commit takes them all, and others come between. */
const MAX_AT_ONCE = 50;

interface Deps {
  db: Database;
  store: Pick<AccessStore, 'findMemberships'>;
  log: Logger;
  /** Names of the documents that are loaded here, or are being loaded. */
  loaded: () => Iterable<string>;
  /** Makes a loaded `room:` or `user:` document say what the tables say. */
  refresh: (name: string) => Promise<void>;
  onRotated?: ((roomId: RoomId) => void) | undefined;
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
      run(name, refreshHead(deps, roomId));
      if (!isOurs) return;
      deps.onRotated?.(roomId);
      // It grows little from here on, and whoever scrolls up loads one snapshot.
      run(name, compactDocument(deps.db, name));
    },
    refreshHead: (roomId) => refreshHead(deps, roomId),
    settled: async () => {
      await Promise.all(underWay);
    },
  };
}

async function refreshHead(deps: Deps, roomId: RoomId): Promise<void> {
  await deps.refresh(roomDocumentName(roomId));
  const userIds = [...deps.loaded()].map(userOf).filter((userId) => userId !== undefined);
  const pairs = [...new Set(userIds)].map((userId) => ({ roomId, userId }));
  const memberships = await deps.store.findMemberships(pairs);
  const members = pairs.filter(({ userId }) => memberships.has(`${roomId}/${userId}`));
  for (let from = 0; from < members.length; from += MAX_AT_ONCE) {
    const slice = members.slice(from, from + MAX_AT_ONCE);
    await Promise.all(slice.map(({ userId }) => deps.refresh(userDocumentName(userId))));
  }
}

function userOf(documentName: string): UserId | undefined {
  const name = parseDocumentName(documentName);
  return name?.kind === 'user' ? name.userId : undefined;
}
