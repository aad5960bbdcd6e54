import { HocuspocusProvider, MessageType, WebSocketStatus } from '@hocuspocus/provider';
import { isRefusalCode, type RefusalCode } from '@skerry/protocol/refusals.ts';
import {
  encodeStateless,
  parseServerMessage,
  type ClientMessage,
  type ServerMessage,
} from '@skerry/protocol/stateless.ts';
import * as decoding from 'lib0/decoding';
import { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import { readCloseReason } from './closeReason.ts';
import type { Timers } from './heartbeat.ts';
import type { Socket } from './socket.ts';

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

export interface LinkOptions {
  name: string;
  doc: Y.Doc;
  socket: Socket;
  token: string;
  withPresence: boolean;
  timers: Timers;
  handlers: LinkHandlers;
  /** It is gone for good. */
  onGone: () => void;
}

/** A document that the server closed without a reason that ends it is asked for again after this. */
const REATTACH_AFTER_MS = 2_000;

const ABOUT_ATTACHING: ReadonlySet<number> = new Set([MessageType.Auth, MessageType.CLOSE]);

/** Attaches one document to the socket and keeps it attached. */
export function openLink(options: LinkOptions): Link {
  const { name, doc, socket, timers, handlers } = options;
  const awareness = options.withPresence ? new Awareness(doc) : null;
  let cancelReattach: (() => void) | undefined;
  let live = true;
  const provider = new HocuspocusProvider({
    name,
    document: doc,
    awareness,
    token: options.token,
    websocketProvider: socket,
    onSynced: handlers.onSynced,
    onStateless: ({ payload }) => {
      const message = parseServerMessage(payload);
      if (message !== undefined) handlers.onMessage(message);
    },
    onAuthenticationFailed: ({ reason }) => {
      deny(isRefusalCode(reason) ? reason : undefined);
    },
    onClose: ({ event }) => {
      if (!live) return;
      // A socket that comes back attaches every document itself; twice on one socket is refused.
      cancelReattach?.();
      const { refused, ending } = readCloseReason(event.reason);
      // What was called hostile would be sent again and again: it is refused like anything else.
      if (refused !== undefined) handlers.onMessage(refused);
      handlers.onClosed();
      if (socket.status !== WebSocketStatus.Connected) return;
      // The server closed this document alone; the provider does not come back by itself.
      if (ending !== undefined) deny(ending);
      else cancelReattach = timers.setTimeout(reattach, REATTACH_AFTER_MS);
    },
  });
  // What the server still sends of an attachment before this one is of a copy that was given up.
  const receive = provider.onMessage.bind(provider);
  provider.onMessage = (event) => {
    if (provider.isAuthenticated || isAboutAttaching(event.data)) receive(event);
  };
  // Stored documents only receive: without this a row from disk would leave as an edit.
  doc.off('update', provider.boundDocumentUpdateHandler);

  const reattach = (): void => {
    void provider.sendToken().then(() => {
      provider.startSync();
    });
  };
  const deny = (code: RefusalCode | undefined): void => {
    if (!live) return;
    close();
    handlers.onDenied(code);
  };
  const close = (): void => {
    if (!live) return;
    live = false;
    cancelReattach?.();
    options.onGone();
    const isOpen = provider.isAuthenticated && socket.status === WebSocketStatus.Connected;
    if (!isOpen) {
      // A CLOSE frame for what is not attached would stay pending on the server for ever.
      socket.configuration.providerMap.delete(name);
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
  provider.attach();
  return link;
}

/** Does a frame (document name, type, …) open or close a document? */
function isAboutAttaching(data: unknown): boolean {
  if (!(data instanceof ArrayBuffer) && !(data instanceof Uint8Array)) return false;
  const decoder = decoding.createDecoder(new Uint8Array(data));
  decoding.readVarString(decoder);
  const type = decoding.readVarUint(decoder);
  return ABOUT_ATTACHING.has(type);
}
