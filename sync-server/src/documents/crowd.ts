import type { Connection, Document } from '@hocuspocus/server';
import { MAX_PRESENT } from '@skerry/protocol/limits.ts';
import type { PresenceState } from '@skerry/protocol/presence/presence.ts';
import { encodeStateless } from '@skerry/protocol/stateless.ts';
import * as encoding from 'lib0/encoding';
import { applyAwarenessUpdate, outdatedTimeout } from 'y-protocols/awareness';
import type { Presence } from '../platform/bus/nodeMessage.ts';
import { Rounds } from '../platform/rounds.ts';

/** People that a large room's presence names: the last to come or to begin typing. */
const NAMED_IN_CROWD = 50;
/** A large room's presence changes no more often. */
const CROWD_PAUSE_MS = 2_000;

interface Present {
  /** Undefined: it is connected to another process. */
  connection: Connection | undefined;
  clock: number;
  state: PresenceState;
  /** Last renewal, by a clock that is never set. */
  at: number;
}

/**
 * Who is present in one room, in all processes. Up to MAX_PRESENT every state goes to everybody at once, which
 * is N² per renewal of all; above, states are only noted, and everybody, the other processes too, is told of
 * the changes now and then: people the newest few and a count, processes all that is connected here.
 */
export class Crowd {
  readonly #document: Document;
  /** Tells the other processes of clients that are connected here, and of nobody else. */
  readonly #tell: (states: Presence[]) => void;
  /** By client id, the last to come or to begin typing last. */
  readonly #present = new Map<number, Present>();
  /** What the other processes are to be told of clients that are connected here. */
  readonly #untold = new Map<number, Presence>();
  /** What was last said about the number of people; undefined while everybody is named. */
  #count: number | undefined;
  readonly #rounds = new Rounds(CROWD_PAUSE_MS, () => {
    this.#publish();
  });

  constructor(document: Document, tell: (states: Presence[]) => void) {
    this.#document = document;
    this.#tell = tell;
    document.on('destroy', () => {
      this.#rounds.close();
      // The last ones to leave were to be told of with the next round.
      this.#forgetGone();
      this.#tellOthers();
    });
    forgetClocks(document);
  }

  /** Whether an open connection has announced this client id, here or in another process. */
  isTaken(client: number): boolean {
    const present = this.#present.get(client);
    return present !== undefined && !this.#isGone(present);
  }

  /** Tells one who has come just now what everybody was told. */
  greet(connection: Connection): void {
    if (this.#count !== undefined) connection.sendStateless(here(this.#count));
  }

  /** Notes a state; true: it goes to everybody with the next round instead of at once. */
  note(client: number, noted: Omit<Present, 'at'>): boolean {
    this.#set(client, noted);
    this.#untold.set(client, [client, noted.clock, noted.state]);
    return this.#passOn() === 'later';
  }

  leave(client: number): void {
    this.#forget(client);
    this.#passOn();
  }

  /** A connection was closed. */
  noteLeft(): void {
    if (this.#count === undefined) this.#forgetGone();
    this.#passOn();
  }

  /** What another process says of clients that are connected to it. */
  hear(states: readonly Presence[]): void {
    const others = states.filter(([client, clock]) => {
      const known = this.#present.get(client);
      if (known === undefined) return true;
      return known.clock <= clock && (known.connection === undefined || this.#isGone(known));
    });
    for (const [client, clock, state] of others) {
      if (state === null) this.#present.delete(client);
      else this.#set(client, { connection: undefined, clock, state });
    }
    if (this.#passOn() === 'now') this.#apply(others);
  }

  /** Tells the other processes of all clients that are connected here. */
  tellAll(): void {
    for (const [client, { connection, clock, state }] of this.#present)
      if (connection !== undefined) this.#untold.set(client, [client, clock, state]);
    this.#tellOthers();
  }

  #set(client: number, noted: Omit<Present, 'at'>): void {
    const before = this.#present.get(client);
    // The newest are named, and who begins to type is news again.
    if (noted.state.typing === true && before?.state.typing !== true) this.#present.delete(client);
    this.#present.set(client, { ...noted, at: performance.now() });
  }

  #forget(client: number): void {
    const present = this.#present.get(client);
    this.#present.delete(client);
    if (present?.connection !== undefined) this.#untold.set(client, [client, present.clock, null]);
  }

  #passOn(): 'now' | 'later' {
    if (this.#count === undefined && this.#present.size <= MAX_PRESENT) {
      this.#tellOthers();
      return 'now';
    }
    this.#rounds.request();
    return 'later';
  }

  #tellOthers(): void {
    if (this.#untold.size > 0) this.#tell([...this.#untold.values()]);
    this.#untold.clear();
  }

  #publish(): void {
    this.#forgetGone();
    this.#tellOthers();
    const isCrowd = this.#present.size > MAX_PRESENT;
    this.#name(new Map([...this.#present].slice(isCrowd ? -NAMED_IN_CROWD : 0)));
    const count = new Set([...this.#present.values()].map(({ state }) => state.user.id)).size;
    // Once more when it is small again: then the count says that all are named.
    if (count !== this.#count && (isCrowd || this.#count !== undefined))
      this.#document.broadcastStateless(here(count));
    this.#count = isCrowd ? count : undefined;
  }

  #forgetGone(): void {
    for (const [client, present] of this.#present) if (this.#isGone(present)) this.#forget(client);
  }

  #isGone({ at, connection }: Present): boolean {
    const isClosed = connection !== undefined && !this.#document.hasConnection(connection);
    return isClosed || performance.now() - at > outdatedTimeout;
  }

  /** Makes the shared presence name exactly these, in one frame for each connection. */
  #name(named: ReadonlyMap<number, Present>): void {
    const { states, meta } = this.#document.awareness;
    const left = [...states.keys()].filter((client) => !named.has(client));
    const came = [...named].filter(
      ([client, { clock }]) => clock > (meta.get(client)?.clock ?? -1),
    );
    this.#apply([
      ...left.map((client): Presence => [client, meta.get(client)?.clock ?? 0, null]),
      ...came.map(([client, { clock, state }]): Presence => [client, clock, state]),
    ]);
  }

  /** y-protocols: a count, then client id, clock and JSON state of each. */
  #apply(states: readonly Presence[]): void {
    const { awareness } = this.#document;
    // Of who leaves without having been named, y-protocols would keep the clock for ever.
    const told = states.filter(
      ([client, , state]) => state !== null || awareness.states.has(client),
    );
    if (told.length === 0) return;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, told.length);
    for (const [client, clock, state] of told) {
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, clock);
      encoding.writeVarString(encoder, JSON.stringify(state));
    }
    applyAwarenessUpdate(awareness, encoding.toUint8Array(encoder), this);
  }
}

/**
 * A client that comes back, here or elsewhere, is a new one: Hocuspocus counts only new ones as a connection's
 * own, and would leave it behind when the connection ends.
 */
function forgetClocks({ awareness }: Document): void {
  awareness.on('update', ({ removed }: { removed: number[] }) => {
    queueMicrotask(() => {
      for (const client of removed)
        if (!awareness.states.has(client)) awareness.meta.delete(client);
    });
  });
}

function here(count: number): string {
  return encodeStateless({ type: 'here', count });
}
