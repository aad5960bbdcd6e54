import type { Document } from '@hocuspocus/server';
import type { RoomId } from '@skerry/protocol/ids.ts';
import { messagesOf } from '@skerry/protocol/page/pageDoc.ts';
import { encodeStateless, type RoomNewest } from '@skerry/protocol/stateless.ts';
import type { Logger } from 'pino';
import type * as Y from 'yjs';
import { describeError } from '../documents/describeError.ts';
import { COMMITTED } from '../documents/loggedDocument.ts';
import type { SyncContext } from '../documents/syncSocket.ts';
import { listenerKey, type AudienceStore } from '../memberships/audienceStore.ts';
import { Rounds } from '../platform/rounds.ts';
import type { Listeners } from './listeners.ts';
import type { NewestStore } from './newestStore.ts';

/** However often somebody deletes. */
const MIN_GAP_MS = 1_000;

interface Deps {
  audience: AudienceStore;
  newest: NewestStore;
  listeners: Listeners;
  /** People told in one turn of the event loop. */
  peoplePerTurn: number;
  /** Above so many online in a room its words are not told. */
  onlineForPreview: number;
  log: Logger;
  /** This process has stored deletions: others have people to tell. */
  onRemoved: (roomIds: RoomId[]) => void;
}

/** Tells people that the last words they know of a room may be gone, and which are the last now. */
export class Removals {
  readonly #deps: Deps;
  /** With whether this process has stored it. */
  readonly #rooms = new Map<RoomId, boolean>();
  readonly #rounds = new Rounds(MIN_GAP_MS, () => this.#tellAll());

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Follows a loaded page: what was deleted or removed, by whichever process. */
  watch(roomId: RoomId, page: Y.Doc): void {
    const messages = messagesOf(page);
    messages.observe(({ keysChanged, transaction }) => {
      const isOwn = transaction.origin === COMMITTED;
      for (const id of keysChanged as Set<string>)
        if (isGone(messages.get(id))) this.#add(roomId, isOwn);
    });
  }

  /** Another process says so; hearing of it twice does no harm. */
  heard(roomId: RoomId): void {
    this.#add(roomId, false);
  }

  close(): void {
    this.#rounds.close();
  }

  #add(roomId: RoomId, isOwn: boolean): void {
    this.#rooms.set(roomId, isOwn || this.#rooms.get(roomId) === true);
    this.#rounds.request();
  }

  async #tellAll(): Promise<void> {
    const own = [...this.#rooms].flatMap(([roomId, isOwn]) => (isOwn ? roomId : []));
    const { listeners, log, onRemoved } = this.#deps;
    const told = [...this.#rooms.keys()].filter((roomId) => listeners.in(roomId).size > 0);
    this.#rooms.clear();
    if (own.length > 0) onRemoved(own);
    try {
      await this.#tell(told);
    } catch (error) {
      log.warn({ cause: describeError(error) }, 'people were not told of removed messages');
    }
  }

  async #tell(roomIds: readonly RoomId[]): Promise<void> {
    const { audience, newest, listeners, peoplePerTurn, onlineForPreview } = this.#deps;
    for (const { preview, ...room } of await newest.findNewest(roomIds)) {
      const people = [...listeners.in(room.room)];
      const isSmall = people.length <= onlineForPreview;
      const told: RoomNewest = isSmall && preview !== undefined ? { ...room, preview } : room;
      for (let at = 0; at < people.length; at += peoplePerTurn) {
        const some = people.slice(at, at + peoplePerTurn);
        const asked = some.map(([userId]) => ({ roomId: room.room, userId }));
        const allowed = await audience.filter(asked);
        for (const [userId, document] of some)
          if (allowed.has(listenerKey({ roomId: room.room, userId }))) send(document, told);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }
}

/** What is stored has passed the gate: no other value has this field. */
function isGone(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'deleted' in value;
}

/** To devices that have no page of the room open: the others see it there. */
function send(document: Document, told: RoomNewest): void {
  for (const connection of document.getConnections()) {
    const { socket } = connection.context as SyncContext;
    const isOpen = [...socket.documents].some((name) => name.startsWith(`page:${told.room}:`));
    if (!isOpen) connection.sendStateless(encodeStateless({ type: 'newest', rooms: [told] }));
  }
}
