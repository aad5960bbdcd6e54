import type { Connection } from '@hocuspocus/server';
import type { RoomId, UserId } from '@skerry/protocol/ids.ts';
import {
  encodeStateless,
  type RoomNewest,
  type ServerMessage,
  type UnreadState,
} from '@skerry/protocol/stateless.ts';
import type { Logger } from 'pino';
import { describeError } from '../documents/describeError.ts';
import type { NewestStore } from '../activity/newestStore.ts';
import type { SyncContext } from '../documents/syncSocket.ts';
import { listenerKey, type AudienceStore } from '../memberships/audienceStore.ts';
import { Rounds } from '../platform/rounds.ts';
import type { UnreadStore } from './unreadStore.ts';

const MIN_GAP_MS = 200;
/** After a round that failed. */
const RETRY_MS = 2_000;
/** People counted for at the same time: after a restart everybody comes back at once. */
const MAX_AT_ONCE = 3;

export type UserConnection = Connection<SyncContext>;
/** All: the summary. */
type Due = Set<RoomId> | 'all';

interface Deps {
  store: UnreadStore;
  newest: NewestStore;
  audience: AudienceStore;
  log: Logger;
}

/** Tells devices, on their user document, how their rooms stand. What is due meanwhile is told together. */
export class UnreadNotices {
  readonly #deps: Deps;
  readonly #due = new Map<UserConnection, Due>();
  readonly #rounds = new Rounds(MIN_GAP_MS, () => this.#tellAll());
  #retry: NodeJS.Timeout | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  add(connection: UserConnection, rooms: Iterable<RoomId> | 'all'): void {
    const due = this.#due.get(connection);
    if (rooms === 'all') this.#due.set(connection, 'all');
    else if (due !== 'all') this.#due.set(connection, new Set([...(due ?? []), ...rooms]));
    this.#rounds.request();
  }

  close(): void {
    clearTimeout(this.#retry);
    this.#rounds.close();
  }

  async #tellAll(): Promise<void> {
    const people = Map.groupBy(this.#due.keys(), ({ context }) => context.identity?.userId);
    const waiting = [...people];
    const tellInTurn = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
        await this.#tell(...next);
    };
    try {
      await Promise.all(Array.from({ length: MAX_AT_ONCE }, tellInTurn));
    } catch (error) {
      waiting.length = 0; // stays due
      this.#deps.log.warn({ cause: describeError(error) }, 'unread messages were not counted');
      clearTimeout(this.#retry);
      this.#retry = setTimeout(() => {
        this.#rounds.request();
      }, RETRY_MS);
      this.#retry.unref();
    }
  }

  async #tell(userId: UserId | undefined, connections: UserConnection[]): Promise<void> {
    const taken = connections.map((connection) => {
      const due = this.#due.get(connection) ?? new Set<RoomId>();
      this.#due.delete(connection);
      return { connection, due };
    });
    try {
      if (userId !== undefined) await this.#count(userId, taken);
    } catch (error) {
      for (const { connection, due } of taken) this.add(connection, due);
      throw error;
    }
  }

  async #count(
    userId: UserId,
    taken: readonly { connection: UserConnection; due: Due }[],
  ): Promise<void> {
    const { store } = this.#deps;
    const isAll = taken.some(({ due }) => due === 'all');
    const some = taken.flatMap(({ due }) => (due === 'all' ? [] : [...due]));
    const [epoch, states] = await Promise.all([
      isAll ? store.readEpoch() : '',
      store.count(userId, isAll ? undefined : [...new Set(some)]),
    ]);
    const newest = isAll ? await this.#findNewest(userId, states) : [];
    for (const { connection, due } of taken) {
      const rooms = due === 'all' ? states : states.filter(({ room }) => due.has(room));
      if (due === 'all') {
        send(connection, { type: 'summary', epoch, rooms });
        // Nobody says again what was deleted or removed while the device was away.
        if (newest.length > 0) send(connection, { type: 'newest', rooms: newest });
      } else if (rooms.length > 0) send(connection, { type: 'unread', rooms });
    }
  }

  async #findNewest(userId: UserId, states: readonly UnreadState[]): Promise<RoomNewest[]> {
    const { newest, audience } = this.#deps;
    const found = await newest.findNewest(states.map(({ room }) => room));
    // Last, so that nothing comes between it and the sending.
    const allowed = await audience.filter(found.map(({ room }) => ({ roomId: room, userId })));
    return found.filter(({ room }) => allowed.has(listenerKey({ roomId: room, userId })));
  }
}

function send(connection: UserConnection, message: ServerMessage): void {
  if (connection.document.hasConnection(connection))
    connection.sendStateless(encodeStateless(message));
}
