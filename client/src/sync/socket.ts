import { HocuspocusProviderWebsocket, WebSocketStatus } from '@hocuspocus/provider';

/** Well below the person's patience, well above what a crowd of clients would do to a server. */
const MAX_RECONNECT_DELAY_MS = 4_000;
const RECONNECT_DELAY_MS = 500;
/** The heartbeat is ours: the provider's own only closes what has been silent through several of ours. */
const PROVIDER_SILENCE_LIMIT_MS = 120_000;

export interface SocketOptions {
  /** ws(s)://host/sync */
  url: string;
  WebSocketPolyfill: typeof WebSocket | undefined;
  onConnecting: () => void;
  onMessage: () => void;
  onClose: () => void;
}

/** The WebSocket with our delays, and a way to give it up. */
export class Socket extends HocuspocusProviderWebsocket {
  constructor({ url, WebSocketPolyfill, onConnecting, onMessage, onClose }: SocketOptions) {
    super({
      url,
      autoConnect: false,
      delay: RECONNECT_DELAY_MS,
      minDelay: RECONNECT_DELAY_MS,
      maxDelay: MAX_RECONNECT_DELAY_MS,
      messageReconnectTimeout: PROVIDER_SILENCE_LIMIT_MS,
      ...(WebSocketPolyfill === undefined ? {} : { WebSocketPolyfill }),
      onStatus: ({ status }) => {
        if (status === WebSocketStatus.Connecting) onConnecting();
      },
      onMessage,
      onClose,
    });
  }

  /** Gives the present socket up, whatever it says of itself; every attached document is told. */
  giveUp(): void {
    if (this.status === WebSocketStatus.Disconnected) return;
    this.emit('close', { event: { code: 4408, reason: 'no answer' } });
  }
}
