import type { Document, Extension, afterLoadDocumentPayload } from '@hocuspocus/server';
import { pageDocumentName, parseDocumentName } from '@skerry/protocol/documentName.ts';
import type { ArrivalNumber, ClientId, RoomId, UserId } from '@skerry/protocol/ids.ts';
import { encodeStateless, type RoomActivity } from '@skerry/protocol/stateless.ts';
import type { Logger } from 'pino';
import { describeError } from '../documents/describeError.ts';
import type { SyncContext } from '../documents/syncSocket.ts';
import { listenerKey, type AudienceStore } from '../memberships/audienceStore.ts';
import { Rounds } from '../platform/rounds.ts';
import type { ActivityStore } from './activityStore.ts';
import { Listeners } from './listeners.ts';
import type { NewestStore } from './newestStore.ts';
import { watchPosts, type Posted } from './postWatch.ts';
import { Removals } from './removals.ts';

/** Nobody is told more often. */
const MIN_GAP_MS = 1_000;

export interface ActivityLimits {
  /** People told in one turn of the event loop: 3,000 sockets at once would block it for 100 ms. */
  peoplePerTurn: number;
  /** Above so many online in a room its notices carry numbers alone. */
  onlineForPreview: number;
}
const ACTIVITY_LIMITS: ActivityLimits = { peoplePerTurn: 200, onlineForPreview: 500 };

interface Deps {
  audience: AudienceStore;
  store: ActivityStore;
  serverClientId: ClientId;
  log: Logger;
  limits?: ActivityLimits | undefined;
  /** This process has stored messages: others have people to tell. */
  onPosted: (posted: Posted) => void;
  newest: NewestStore;
  /** This process has stored deletions: others have people to tell. */
  onRemoved: (roomIds: RoomId[]) => void;
}

export interface Activity {
  extension: Extension<SyncContext>;
  /** Messages were stored, here or by another process; hearing of them twice does no harm. */
  noticed: (posted: Posted) => void;
  /** Messages were deleted or removed elsewhere. */
  removed: (roomId: RoomId) => void;
  close: () => void;
}

/** Tells members who are online, on their user document, of what comes and goes on pages that their device has not open. */
export function createActivity(deps: Deps): Activity {
  const listeners = new Listeners();
  const notices = new Notices(deps, listeners);
  const removals = new Removals({ ...deps, ...(deps.limits ?? ACTIVITY_LIMITS), listeners });
  const extension: Extension<SyncContext> = {
    afterLoadDocument: ({ document, documentName }: afterLoadDocumentPayload<SyncContext>) => {
      const name = parseDocumentName(documentName);
      if (name?.kind === 'user') listeners.follow(name.userId, document);
      if (name?.kind === 'page') {
        watchPosts({ ...name, doc: document }, deps.serverClientId, (posted, isOwn) => {
          notices.add(posted);
          if (isOwn) deps.onPosted(posted);
        });
        removals.watch(name.roomId, document);
      }
      return Promise.resolve();
    },
  };
  return {
    extension,
    noticed: (posted) => {
      notices.add(posted);
    },
    removed: (roomId) => {
      removals.heard(roomId);
    },
    close: () => {
      notices.close();
      removals.close();
    },
  };
}

interface Addressee {
  userId: UserId;
  document: Document;
  news: Posted[];
}

/** What is to be told. Numbers only: what they stand for is read at the moment of sending. */
class Notices {
  readonly #deps: Deps;
  readonly #limits: ActivityLimits;
  readonly #listeners: Listeners;
  readonly #news = new Map<RoomId, Posted>();
  /** Last number told, of rooms with listeners. */
  readonly #told = new Map<RoomId, ArrivalNumber>();
  readonly #rounds = new Rounds(MIN_GAP_MS, () => this.#tellAll());

  constructor(deps: Deps, listeners: Listeners) {
    this.#deps = deps;
    this.#limits = deps.limits ?? ACTIVITY_LIMITS;
    this.#listeners = listeners;
  }

  add(posted: Posted): void {
    const { roomId } = posted;
    if (this.#listeners.in(roomId).size === 0) {
      this.#told.delete(roomId);
      return;
    }
    const told = this.#told.get(roomId);
    // Numbers are dense: what came in between belongs to it, however it was heard of.
    const first = told === undefined ? posted.first : told + 1;
    if (posted.last < first) return;
    const waiting = this.#news.get(roomId) ?? posted;
    this.#news.set(roomId, {
      roomId,
      page: Math.max(waiting.page, posted.page),
      first: told === undefined ? Math.min(waiting.first, first) : first,
      last: Math.max(waiting.last, posted.last),
    });
    this.#rounds.request();
  }

  close(): void {
    this.#rounds.close();
  }

  async #tellAll(): Promise<void> {
    const news = [...this.#news.values()];
    this.#news.clear();
    for (const { roomId, last } of news) this.#told.set(roomId, last);
    const addressees = [...this.#addresseesOf(news)];
    const { peoplePerTurn } = this.#limits;
    for (let at = 0; at < addressees.length; at += peoplePerTurn) {
      try {
        await this.#tell(addressees.slice(at, at + peoplePerTurn));
      } catch (error) {
        this.#deps.log.warn({ cause: describeError(error) }, 'people were not told of messages');
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #addresseesOf(news: readonly Posted[]): Iterable<Addressee> {
    const addressees = new Map<UserId, Addressee>();
    for (const each of news) {
      for (const [userId, document] of this.#listeners.in(each.roomId)) {
        if (missing(document, each).length === 0) continue;
        const addressee = addressees.get(userId) ?? { userId, document, news: [] };
        addressee.news.push(each);
        addressees.set(userId, addressee);
      }
    }
    return addressees.values();
  }

  async #tell(addressees: readonly Addressee[]): Promise<void> {
    const { audience, store } = this.#deps;
    const asked = addressees.flatMap(({ userId, news }) =>
      news.map((each) => ({ ...each, userId })),
    );
    const news = [...new Set(addressees.flatMap((addressee) => addressee.news))];
    const small = news.filter(
      ({ roomId }) => this.#listeners.in(roomId).size <= this.#limits.onlineForPreview,
    );
    const [counts, mentions] = await Promise.all([
      store.countByAuthor(news),
      store.countMentions(asked),
    ]);
    // Last, so that nothing comes between it and the sending.
    const [allowed, previews] = await Promise.all([
      audience.filter(asked),
      store.findPreviews(small),
    ]);
    for (const { userId, document, news } of addressees) {
      const told = news
        .filter(({ roomId }) => allowed.has(listenerKey({ roomId, userId })))
        .map((each): [Posted, RoomActivity] => {
          const { roomId, page, last } = each;
          const preview = previews.get(roomId);
          return [
            each,
            {
              ...{ room: roomId, page, last },
              added: countOthers(counts.get(roomId), userId),
              mentions: mentions.get(listenerKey({ roomId, userId })) ?? 0,
              ...(preview === undefined ? {} : { preview }),
            },
          ];
        });
      send(document, told);
    }
  }
}

function countOthers(byAuthor: ReadonlyMap<UserId, number> | undefined, userId: UserId): number {
  let count = 0;
  for (const [author, messages] of byAuthor ?? []) if (author !== userId) count += messages;
  return count;
}

function send(document: Document, told: readonly [Posted, RoomActivity][]): void {
  for (const connection of document.getConnections()) {
    const rooms = told
      .filter(([posted]) => missing(document, posted).includes(connection))
      .map(([, activity]) => activity);
    if (rooms.length > 0) connection.sendStateless(encodeStateless({ type: 'activity', rooms }));
  }
}

/** Connections of a user document on whose socket the page is not open: its frames say all of it. */
function missing(document: Document, { roomId, page }: Posted) {
  const name = pageDocumentName(roomId, page);
  return document
    .getConnections()
    .filter(({ context }) => !(context as SyncContext).socket.documents.has(name));
}
