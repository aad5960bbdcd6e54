import { WebSocketStatus } from '@hocuspocus/provider';
import type { RefusalCode } from '@skerry/protocol/refusals.ts';
import type * as Y from 'yjs';
import { createHeartbeat, type Heartbeat, type Timers } from './heartbeat.ts';
import { openLink, type Link, type LinkHandlers } from './link.ts';
import { createCell, createSignal } from './readable.ts';
import { Socket } from './socket.ts';
import type { ConnectionState, Readable } from './views.ts';
import { isVisible, listenForWaking, type WakeSources } from './waking.ts';

export interface ConnectionOptions {
  /** ws(s)://host/sync */
  url: string;
  token: string;
  WebSocketPolyfill: typeof WebSocket | undefined;
  timers: Timers;
  wakeSources: WakeSources;
  /** The document that carries the keep-alive. */
  pingOn: string;
}

/** What carries every attached document to the server and back. */
export type Line = Pick<
  Connection,
  'state' | 'reached' | 'attach' | 'refused' | 'reconnect' | 'close'
>;

/** The one WebSocket that carries every attached document. */
export class Connection {
  readonly state: Readable<ConnectionState>;
  /** Fires each time the server is reached again. */
  readonly reached = createSignal();
  readonly #state = createCell<ConnectionState>('connecting');
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  readonly #heartbeat: Heartbeat;
  readonly #stopListening: () => void;
  readonly #links = new Map<string, Link>();
  #pings = 0;
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.state = this.#state;
    const { timers, wakeSources } = options;
    this.#heartbeat = createHeartbeat({
      timers,
      ping: () => {
        this.#pings += 1;
        const sent = this.#links
          .get(options.pingOn)
          ?.sendStateless({ type: 'ping', id: this.#pings });
        return sent === true ? this.#pings : undefined;
      },
      onDead: () => {
        this.#openFresh();
      },
      isVisible: () => isVisible(wakeSources),
    });
    this.#socket = new Socket({
      url: options.url,
      WebSocketPolyfill: options.WebSocketPolyfill,
      onConnecting: () => {
        this.#heartbeat.opening();
      },
      onMessage: () => {
        this.#heartbeat.heard();
      },
      onClose: () => {
        this.#heartbeat.closed();
        this.#lost();
      },
    });
    this.#stopListening = listenForWaking(wakeSources, timers, () => {
      if (this.#isWaiting()) return;
      this.#heartbeat.wake();
    });
  }

  /** Attach only what has been loaded: Yjs would take the rows on disk for edits. */
  attach(name: string, doc: Y.Doc, handlers: LinkHandlers, withPresence: boolean): Link {
    const { timers, token, pingOn } = this.#options;
    const link = openLink({
      name,
      doc,
      socket: this.#socket,
      token,
      withPresence,
      timers,
      onGone: () => this.#links.delete(name),
      handlers: {
        ...handlers,
        onSynced: () => {
          if (name === pingOn) this.#isReached();
          handlers.onSynced();
        },
        onMessage: (message) => {
          if (message.type === 'pong') this.#heartbeat.answered(message.id);
          else handlers.onMessage(message);
        },
        onDenied: (code) => {
          this.refused(code);
          handlers.onDenied(code);
        },
      },
    });
    this.#links.set(name, link);
    if (this.#socket.status === WebSocketStatus.Disconnected && !this.#isWaiting()) {
      void this.#socket.connect();
    }
    return link;
  }

  /** Tries now: the person signed in again, or asked for it. */
  reconnect(): void {
    if (this.#closed) return;
    if (this.#isWaiting()) this.#state.set('connecting');
    if (this.#state.get() === 'online') this.#heartbeat.wake();
    else this.#openFresh();
  }

  close(): void {
    this.#closed = true;
    this.#stopListening();
    for (const link of [...this.#links.values()]) link.close();
    this.#heartbeat.stop();
    this.#socket.destroy();
    this.#state.set('offline');
  }

  /** The provider would wait for its own timers; a dead socket may never say that it closed. */
  #openFresh(): void {
    if (this.#closed || this.#isWaiting()) return;
    this.#socket.giveUp();
    if (this.#links.size > 0) void this.#socket.connect();
  }

  #isReached(): void {
    this.#state.set('online');
    this.reached.fire();
  }

  #lost(): void {
    if (this.#closed || this.#isWaiting()) return;
    // First a try at once, which often succeeds; only then is it called offline.
    this.#state.set(this.#state.get() === 'online' ? 'connecting' : 'offline');
  }

  /** A "no" to the whole account: stop trying. */
  refused(code: RefusalCode | undefined): void {
    // A suspended account has no sessions left; whether it still is suspended shows at sign-in.
    const isSignedOut = code === 'unauthenticated' || code === 'suspended';
    if (!isSignedOut && code !== 'client-too-old') return;
    this.#state.set(isSignedOut ? 'signed-out' : 'client-too-old');
    this.#heartbeat.closed();
    this.#socket.disconnect();
  }

  /** Only the person can help: no tries until `reconnect`. */
  #isWaiting(): boolean {
    const state = this.#state.get();
    return state === 'signed-out' || state === 'client-too-old';
  }
}
