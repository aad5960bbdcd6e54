import {
  HocuspocusProvider,
  HocuspocusProviderWebsocket,
  WebSocketStatus,
} from '@hocuspocus/provider';
import { isRefusalCode, type RefusalCode } from '@skerry/protocol/refusals.ts';
import {
  encodeStateless,
  parseServerMessage,
  type ClientMessage,
  type ServerMessage,
} from '@skerry/protocol/stateless.ts';
import { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import { createHeartbeat, type Heartbeat, type Timers } from './heartbeat.ts';
import { createCell, createSignal } from './readable.ts';
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

export interface LinkHandlers {
  /** All that the server had has been received. */
  onSynced: () => void;
  onClosed: () => void;
  /** The server does not let me attach it, or no longer; undefined: it did not say why. */
  onDenied: (code: RefusalCode | undefined) => void;
  onMessage: (message: ServerMessage) => void;
}

/** One attached document. */
export interface Link {
  /** The origin of what it applies. */
  origin: object;
  /** Presence of the document, when it was asked for. */
  awareness: Awareness | null;
  sendUpdate: (update: Uint8Array) => void;
  /** False: the document is not attached now. */
  sendStateless: (message: ClientMessage) => boolean;
  close: () => void;
}

/** Well below the person's patience, well above what a crowd of clients would do to a server. */
const MAX_RECONNECT_DELAY_MS = 4_000;
const RECONNECT_DELAY_MS = 500;
/** The heartbeat is ours: the provider's own only closes what has been silent through several of ours. */
const PROVIDER_SILENCE_LIMIT_MS = 120_000;
/** A document that the server closed without a reason that ends it is asked for again after this. */
const REATTACH_AFTER_MS = 2_000;

class Socket extends HocuspocusProviderWebsocket {
  /** Gives the present socket up, whatever it says of itself; every attached document is told. */
  giveUp(): void {
    if (this.status === WebSocketStatus.Disconnected) return;
    this.emit('close', { event: { code: 4408, reason: 'no answer' } });
  }
}

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
      autoConnect: false,
      delay: RECONNECT_DELAY_MS,
      minDelay: RECONNECT_DELAY_MS,
      maxDelay: MAX_RECONNECT_DELAY_MS,
      messageReconnectTimeout: PROVIDER_SILENCE_LIMIT_MS,
      ...(options.WebSocketPolyfill === undefined
        ? {}
        : { WebSocketPolyfill: options.WebSocketPolyfill }),
      onStatus: ({ status }) => {
        if (status === WebSocketStatus.Connecting) this.#heartbeat.opening();
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
    const awareness = withPresence ? new Awareness(doc) : null;
    let reattach: (() => void) | undefined;
    let live = true;
    const provider = new HocuspocusProvider({
      name,
      document: doc,
      awareness,
      token: this.#options.token,
      websocketProvider: this.#socket,
      onSynced: () => {
        if (name === this.#options.pingOn) this.#isReached();
        handlers.onSynced();
      },
      onStateless: ({ payload }) => {
        const message = parseServerMessage(payload);
        if (message?.type === 'pong') this.#heartbeat.answered(message.id);
        else if (message !== undefined) handlers.onMessage(message);
      },
      onAuthenticationFailed: ({ reason }) => {
        deny(isRefusalCode(reason) ? reason : undefined);
      },
      onClose: ({ event }) => {
        if (!live) return;
        // What was called hostile would be sent again and again: it is refused like anything else.
        const refused = readRefusal(event.reason);
        if (refused !== undefined) handlers.onMessage(refused);
        handlers.onClosed();
        if (this.#socket.status !== WebSocketStatus.Connected) return;
        // The server closed this document alone; the provider does not come back by itself.
        const code = readCloseReason(event.reason);
        if (code !== undefined) deny(code);
        else {
          reattach = this.#options.timers.setTimeout(() => {
            void provider.sendToken().then(() => {
              provider.startSync();
            });
          }, REATTACH_AFTER_MS);
        }
      },
    });
    // Stored documents only receive: without this a row from disk would leave as an edit.
    doc.off('update', provider.boundDocumentUpdateHandler);

    const deny = (code: RefusalCode | undefined): void => {
      if (!live) return;
      close();
      this.refused(code);
      handlers.onDenied(code);
    };
    const close = (): void => {
      if (!live) return;
      live = false;
      reattach?.();
      this.#links.delete(name);
      const isOpen = provider.isAuthenticated && this.#socket.status === WebSocketStatus.Connected;
      if (!isOpen) {
        // A CLOSE frame for what is not attached would stay pending on the server for ever.
        this.#socket.configuration.providerMap.delete(name);
        provider.detach();
      }
      provider.destroy();
    };
    const link: Link = {
      origin: provider,
      awareness,
      sendUpdate: (update) => {
        if (provider.isAuthenticated) provider.documentUpdateHandler(update, link);
      },
      sendStateless: (message) => {
        if (!provider.isAuthenticated) return false;
        provider.sendStateless(encodeStateless(message));
        return true;
      },
      close,
    };
    this.#links.set(name, link);
    provider.attach();
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
    if (code !== 'unauthenticated' && code !== 'client-too-old') return;
    this.#state.set(code === 'unauthenticated' ? 'signed-out' : 'client-too-old');
    this.#heartbeat.closed();
    this.#socket.disconnect();
  }

  /** Only the person can help: no tries until `reconnect`. */
  #isWaiting(): boolean {
    const state = this.#state.get();
    return state === 'signed-out' || state === 'client-too-old';
  }
}

/** A code that ends the attachment. Other codes name one bad frame; the document is then asked for again. */
function readCloseReason(reason: string): RefusalCode | undefined {
  const ends: readonly string[] = [
    'unauthenticated',
    'client-too-old',
    'suspended',
    'forbidden',
    'not-a-member',
    'room-not-found',
  ];
  return isRefusalCode(reason) && ends.includes(reason) ? reason : undefined;
}

function readRefusal(reason: string): ServerMessage | undefined {
  try {
    const named: unknown = JSON.parse(reason);
    if (typeof named !== 'object' || named === null) return undefined;
    return parseServerMessage(JSON.stringify({ ...named, type: 'refused' }));
  } catch {
    return undefined; // a plain word, not the JSON of a refusal
  }
}
