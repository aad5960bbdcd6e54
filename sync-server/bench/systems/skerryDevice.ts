import {
  pageDocumentName,
  parseDocumentName,
  roomDocumentName,
} from '@skerry/protocol/documentName.ts';
import { readMessageRecord } from '@skerry/protocol/page/messageRecord.ts';
import { definePage, messagesOf, orderOf, readOrder } from '@skerry/protocol/page/pageDoc.ts';
import { readRoomMeta } from '@skerry/protocol/room/roomDoc.ts';
import * as Y from 'yjs';
import type { Device, Received, Seat } from '../chatSystem.ts';
import { authFrame, readServerFrame, stepOneFrame } from './frames.ts';
import { openRawSocket, type RawSocket } from './rawSocket.ts';

/** Room document, then the head page, then older or missed pages as far as they are needed. */
export class SkerryDevice implements Device {
  readonly #url: string;
  readonly #seat: Seat;
  readonly #room = new Y.Doc();
  readonly #pages = new Map<number, Y.Doc>();
  #socket: RawSocket | undefined;

  constructor(url: string, seat: Seat) {
    this.#url = url;
    this.#seat = seat;
  }

  async receive(wanted: number): Promise<Received> {
    this.close();
    const before = this.#count();
    /** Highest page of which something may be here. */
    const known = Math.max(-1, ...this.#pages.keys());
    const attached = new Set<number>();
    const synced = new Set<number>();
    const start = performance.now();
    let onShown: () => void = () => undefined;
    const shown = new Promise<void>((resolve) => {
      onShown = resolve;
    });
    const attach = (name: string, doc: Y.Doc) => {
      this.#socket?.send(authFrame(name, this.#seat.person.token));
      this.#socket?.send(stepOneFrame(name, doc));
    };
    const attachPage = (page: number) => {
      if (attached.has(page)) return;
      attached.add(page);
      attach(pageDocumentName(this.#seat.roomId, page), this.#page(page));
    };
    this.#socket = await openRawSocket(`${this.#url.replace('http', 'ws')}/sync`, (bytes) => {
      const frame = readServerFrame(bytes);
      if (frame.kind !== 'update') return;
      const name = parseDocumentName(frame.name);
      if (name?.kind === 'room') {
        Y.applyUpdate(this.#room, frame.update);
        const head = readRoomMeta(this.#room)?.head;
        if (head === undefined) return;
        for (let page = head; page >= Math.max(0, known); page--) {
          attachPage(page);
          if (known === -1) break; // a new device begins with the newest page alone
        }
      } else if (name?.kind === 'page') {
        Y.applyUpdate(this.#page(name.page), frame.update);
        if (frame.isStep2) synced.add(name.page);
        if (this.#count() - before >= wanted) {
          this.#show(wanted);
          onShown();
        } else if (known === -1 && synced.size === attached.size && name.page > 0)
          attachPage(name.page - 1);
      }
    });
    attach(roomDocumentName(this.#seat.roomId), this.#room);
    await shown;
    return { ms: performance.now() - start, bytes: this.#socket.bytes() };
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  #page(page: number): Y.Doc {
    const doc = this.#pages.get(page) ?? new Y.Doc();
    if (!this.#pages.has(page)) definePage(doc);
    this.#pages.set(page, doc);
    return doc;
  }

  #count(): number {
    let count = 0;
    for (const doc of this.#pages.values()) count += orderOf(doc).length;
    return count;
  }

  /** Does the work of a message list: the newest messages in order, each of them read. */
  #show(wanted: number): void {
    const newest = [...this.#pages]
      .sort(([a], [b]) => b - a)
      .flatMap(([, doc]) =>
        readOrder(doc)
          .reverse()
          .map(([id]) => ({ id, doc })),
      )
      .slice(0, wanted);
    for (const { id, doc } of newest)
      if (readMessageRecord(messagesOf(doc).get(id)) === undefined)
        throw new Error(`no message for ${id}`);
  }
}
