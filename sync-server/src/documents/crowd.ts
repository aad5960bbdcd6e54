import type { Connection, Document } from '@hocuspocus/server';
import type { UserId } from '@skerry/protocol/ids.ts';
import { MAX_PRESENT } from '@skerry/protocol/limits.ts';
import type { PresenceState } from '@skerry/protocol/presence/presence.ts';
import { encodeStateless } from '@skerry/protocol/stateless.ts';
import * as encoding from 'lib0/encoding';
import { applyAwarenessUpdate, outdatedTimeout } from 'y-protocols/awareness';
import { Rounds } from '../platform/rounds.ts';

/** People that a large room's presence names: the last to come or to begin typing. */
const NAMED_IN_CROWD = 50;
/** A large room's presence changes no more often. */
const CROWD_PAUSE_MS = 2_000;

interface Present {
  connection: Connection;
  userId: UserId;
  clock: number;
  state: PresenceState;
  /** Last renewal, by a clock that is never set. */
  at: number;
}

/**
 * Who is present in one room. Up to MAX_PRESENT every state goes to everybody at once, which is N² per
 * renewal of all; above, states are only noted, and everybody is sent the newest few and a count now and then.
 */
export class Crowd {
  readonly #document: Document;
  /** By client id, the last to come or to begin typing last. */
  readonly #present = new Map<number, Present>();
  /** What was last said about the number of people; undefined while everybody is named. */
  #count: number | undefined;
  readonly #rounds = new Rounds(CROWD_PAUSE_MS, () => {
    this.#publish();
  });

  constructor(document: Document) {
    this.#document = document;
    document.on('destroy', () => {
      this.#rounds.close();
    });
  }

  /** Whether an open connection has announced this client id. */
  isTaken(client: number): boolean {
    const present = this.#present.get(client);
    return present !== undefined && this.#document.hasConnection(present.connection);
  }

  /** Tells one who has come just now what everybody was told. */
  greet(connection: Connection): void {
    if (this.#count !== undefined) connection.sendStateless(here(this.#count));
  }

  /** Notes a state; true: it goes to everybody with the next round instead of at once. */
  note(client: number, noted: Omit<Present, 'at'>): boolean {
    const before = this.#present.get(client);
    // The newest are named, and who begins to type is news again.
    if (noted.state.typing === true && before?.state.typing !== true) this.#present.delete(client);
    this.#present.set(client, { ...noted, at: performance.now() });
    if (this.#count === undefined && this.#present.size <= MAX_PRESENT) return false;
    this.#rounds.request();
    return true;
  }

  leave(client: number): void {
    this.#present.delete(client);
    this.noteLeft();
  }

  /** A connection was closed. */
  noteLeft(): void {
    if (this.#count !== undefined) this.#rounds.request();
  }

  #publish(): void {
    this.#forgetGone();
    const isCrowd = this.#present.size > MAX_PRESENT;
    this.#name(new Map([...this.#present].slice(isCrowd ? -NAMED_IN_CROWD : 0)));
    const count = new Set([...this.#present.values()].map(({ userId }) => userId)).size;
    // Once more when it is small again: then the count says that all are named.
    if (count !== this.#count && (isCrowd || this.#count !== undefined))
      this.#document.broadcastStateless(here(count));
    this.#count = isCrowd ? count : undefined;
  }

  #forgetGone(): void {
    const now = performance.now();
    for (const [client, { at, connection }] of this.#present)
      if (now - at > outdatedTimeout || !this.#document.hasConnection(connection))
        this.#present.delete(client);
  }

  /** Makes the shared presence name exactly these, in one frame for each connection. */
  #name(named: ReadonlyMap<number, Present>): void {
    const { awareness } = this.#document;
    const left = [...awareness.states.keys()].filter(
      (client) => this.#present.has(client) && !named.has(client),
    );
    const came = [...named].filter(
      ([client, { clock }]) => clock > (awareness.meta.get(client)?.clock ?? -1),
    );
    if (left.length + came.length === 0) return;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, left.length + came.length);
    const write = (client: number, clock: number, state: PresenceState | null) => {
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, clock);
      encoding.writeVarString(encoder, JSON.stringify(state));
    };
    for (const client of left) write(client, awareness.meta.get(client)?.clock ?? 0, null);
    for (const [client, { clock, state }] of came) write(client, clock, state);
    applyAwarenessUpdate(awareness, encoding.toUint8Array(encoder), this);
  }
}

function here(count: number): string {
  return encodeStateless({ type: 'here', count });
}
