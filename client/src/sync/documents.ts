import { parseDocumentName } from '@skerry/protocol/documentName.ts';
import { definePage } from '@skerry/protocol/page/pageDoc.ts';
import { REFUSALS, type RefusalCode } from '@skerry/protocol/refusals.ts';
import { defineRoom } from '@skerry/protocol/room/roomDoc.ts';
import { defineUser } from '@skerry/protocol/user/userDoc.ts';
import type { ServerMessage } from '@skerry/protocol/stateless.ts';
import type * as Y from 'yjs';
import type { Line } from './connection.ts';
import type { Timers } from './heartbeat.ts';
import type { Link } from './link.ts';
import { createCell } from './readable.ts';
import type { DocumentSender, Wire } from './sender.ts';
import { StoredDocument } from './storedDocument.ts';
import type { Readable } from './views.ts';

export type LinkState =
  | { state: 'unattached' | 'attaching' | 'synced' }
  | { state: 'denied'; code: RefusalCode | undefined };

/** A stored document with its line to the server, while somebody needs it. */
export interface LiveDocument {
  name: string;
  stored: StoredDocument;
  link: Readable<LinkState>;
  awareness: () => Link['awareness'];
  /** Present where I may write: on pages and on my user document. */
  sender: DocumentSender | undefined;
  release: () => void;
}

export interface DocumentsDeps {
  connection: Pick<Line, 'attach'>;
  /** Undefined: memory only. */
  databaseName: ((documentName: string) => string) | undefined;
  mayWrite: () => boolean;
  guarded: boolean;
  createSender: (name: string, wire: Wire, stored: () => Y.Doc) => DocumentSender;
  onDenied: (name: string, code: RefusalCode) => void;
  /** A document that I may write received something. */
  onChanged: (name: string, doc: Y.Doc) => void;
  /** The server said something that may be about more than one document. */
  onMessage: (message: ServerMessage) => void;
  timers: Timers;
}

/** A server that could not look, or does not have the page yet, is asked again after this. */
const ASK_AGAIN_MS = 3_000;

/** A document as the server has it now, attached until it is released. */
export interface Fetched {
  state: 'fetched' | 'missing' | 'denied';
  doc: Y.Doc;
  release: () => void;
}

interface Entry {
  live: Omit<LiveDocument, 'release'>;
  link: Link | undefined;
  cancelAskAgain: (() => void) | undefined;
  users: number;
  attach: () => void;
  detach: () => void;
  rebuild: () => Promise<void>;
}

/** The documents that are loaded and attached now. */
export class Documents {
  readonly #deps: DocumentsDeps;
  readonly #entries = new Map<string, Entry>();
  /** The same database must not be opened before it has been closed. */
  readonly #closing = new Map<string, Promise<void>>();

  constructor(deps: DocumentsDeps) {
    this.#deps = deps;
  }

  /** Loads the document from this device, then attaches it, if nobody did yet. */
  acquire(name: string): LiveDocument {
    const entry = this.#entries.get(name) ?? this.#open(name);
    entry.users += 1;
    // Whoever comes later may have reason to ask again: it wants to send.
    if (entry.live.link.get().state === 'denied') entry.attach();
    let released = false;
    return {
      ...entry.live,
      release: () => {
        if (released) return;
        released = true;
        entry.users -= 1;
        if (entry.users === 0) this.#close(name, entry);
      },
    };
  }

  /**
   * Throws the copy away and waits for the server's, for as long as it may still come. `missing`: the server
   * has no such document, `denied`: the room is not mine any more.
   */
  async fetchAnew(name: string): Promise<Fetched> {
    const live = this.acquire(name);
    await live.stored.whenLoaded();
    await this.#entries.get(name)?.rebuild();
    const state = await settled(live.link);
    const isMissing = state.state === 'denied' && state.code === 'not-found';
    return {
      state: state.state === 'synced' ? 'fetched' : isMissing ? 'missing' : 'denied',
      doc: live.stored.doc,
      release: live.release,
    };
  }

  isOpen(name: string): boolean {
    return this.#entries.has(name) || this.#closing.has(name);
  }

  /** The attached pages that hold all that the server has of them. */
  syncedPages(): LiveDocument['stored'][] {
    return [...this.#entries.values()].flatMap(({ live: { name, stored, link } }) =>
      parseDocumentName(name)?.kind === 'page' && link.get().state === 'synced' ? [stored] : [],
    );
  }

  /** Of the documents that are loaded now. */
  senders(): DocumentSender[] {
    return [...this.#entries.values()].flatMap(({ live }) => live.sender ?? []);
  }

  setMayWrite(mayWrite: boolean): void {
    for (const { live } of this.#entries.values()) live.stored.setMayWrite(mayWrite);
  }

  /** Asks again for what was denied. */
  retryDenied(): void {
    for (const entry of this.#entries.values()) {
      if (entry.live.link.get().state === 'denied') entry.attach();
    }
  }

  async close(): Promise<void> {
    for (const [name, entry] of [...this.#entries]) this.#close(name, entry);
    await Promise.all(this.#closing.values());
  }

  #open(name: string): Entry {
    const { connection, databaseName, createSender, guarded, mayWrite, timers } = this.#deps;
    const kind = parseDocumentName(name)?.kind;
    const stored = new StoredDocument({
      name,
      databaseName: databaseName?.(name),
      define: kind === 'page' ? definePage : kind === 'room' ? defineRoom : defineUser,
      mayWrite: mayWrite(),
      guarded,
      after: this.#closing.get(name),
    });
    const state = createCell<LinkState>({ state: 'unattached' });
    let rebuilding: Promise<void> | undefined;
    const wire: Wire = {
      sendUpdate: (update) => entry.link?.sendUpdate(update),
      sendStateless: (message) => entry.link?.sendStateless(message),
    };
    const sender = kind === 'room' ? undefined : createSender(name, wire, () => stored.doc);
    if (sender !== undefined) {
      stored.changed.subscribe(() => {
        sender.drain();
        this.#deps.onChanged(name, stored.doc);
      });
    }

    const attach = (): void => {
      if (this.#entries.get(name) !== entry) return; // let go while it was loading
      detach();
      state.set({ state: 'attaching' });
      entry.link = connection.attach(
        name,
        stored.doc,
        {
          onSynced: () => {
            state.set({ state: 'synced' });
            void sender?.opened();
          },
          onClosed: () => {
            state.set({ state: 'attaching' });
            sender?.closed();
          },
          onDenied: (code) => {
            entry.link = undefined;
            sender?.closed();
            state.set({ state: 'denied', code });
            if (mayPass(code)) entry.cancelAskAgain = timers.setTimeout(attach, ASK_AGAIN_MS);
            if (code !== undefined) this.#deps.onDenied(name, code);
          },
          onMessage: (message: ServerMessage) => {
            if (message.type === 'rebuild') void rebuild();
            else sender?.received(message);
            this.#deps.onMessage(message);
          },
        },
        kind === 'room',
      );
      stored.receiveFrom(entry.link.origin);
    };
    const detach = (): void => {
      sender?.closed();
      entry.cancelAskAgain?.();
      entry.cancelAskAgain = undefined;
      entry.link?.close();
      entry.link = undefined;
    };
    const fetch = async (): Promise<void> => {
      detach();
      state.set({ state: 'attaching' });
      await stored.rebuild();
      rebuilding = undefined;
      attach();
    };
    // Whoever asks while it goes on gets the same new copy.
    const rebuild = (): Promise<void> => (rebuilding ??= fetch());
    const entry: Entry = {
      live: {
        name,
        stored,
        link: state,
        awareness: () => entry.link?.awareness ?? null,
        sender,
      },
      link: undefined,
      cancelAskAgain: undefined,
      users: 0,
      attach,
      detach,
      rebuild,
    };
    this.#entries.set(name, entry);
    void stored.whenLoaded().then(attach);
    return entry;
  }

  #close(name: string, entry: Entry): void {
    this.#entries.delete(name);
    entry.detach();
    const closing = entry.live.stored.close().then(() => {
      if (this.#closing.get(name) === closing) this.#closing.delete(name);
    });
    this.#closing.set(name, closing);
  }
}

function settled(link: Readable<LinkState>): Promise<LinkState> {
  return new Promise((resolve) => {
    const look = (): void => {
      const state = link.get();
      if (state.state !== 'synced' && !(state.state === 'denied' && isFinal(state.code))) return;
      stop();
      resolve(state);
    };
    const stop = link.subscribe(look);
    look();
  });
}

/** Everything else passes, by itself or when the person signs in again. */
function isFinal(code: RefusalCode | undefined): boolean {
  if (code === undefined) return false;
  const { scope, retry } = REFUSALS[code];
  return code === 'not-found' || (scope === 'room' && retry === 'never');
}

/** Does waiting help, without anybody doing anything? */
function mayPass(code: RefusalCode | undefined): boolean {
  return code === undefined || code === 'not-found' || REFUSALS[code].retry === 'later';
}
