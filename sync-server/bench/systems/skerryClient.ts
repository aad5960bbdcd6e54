import { pageDocumentName, roomDocumentName } from '@skerry/protocol/documentName.ts';
import type { MessageId } from '@skerry/protocol/ids.ts';
import { newMessageRecord } from '@skerry/protocol/page/messageRecord.ts';
import { messagesOf } from '@skerry/protocol/page/pageDoc.ts';
import { encodeStateless, parseServerMessage } from '@skerry/protocol/stateless.ts';
import { v7 as uuidv7 } from 'uuid';
import * as Y from 'yjs';
import type { ChatClient, Seat } from '../chatSystem.ts';
import type { Tally } from '../tally.ts';
import {
  authFrame,
  closeFrame,
  readServerFrame,
  statelessFrame,
  stepOneFrame,
  updateFrame,
} from './frames.ts';
import { keepAlive } from './keepAlive.ts';
import { openRawSocket, type RawSocket } from './rawSocket.ts';
import { Writer } from './writer.ts';

/** A page that is no longer the head still brings what was on its way. */
const OLD_PAGE_KEPT_MS = 2_000;
/** First letters of document names, second byte of a frame. */
const PAGE = 'p'.charCodeAt(0);
const SYNC_TYPES = new Set([0, 4]);
const STEP_2 = 1;
const STATELESS = 5;

interface Unanswered {
  id: MessageId;
  at: number;
  text: string;
  update: Uint8Array | undefined;
}

/**
 * A live member of a room at the price of a few byte searches: it makes its own updates, and decodes nothing
 * but the room document, to follow the head page.
 */
export class SkerryClient implements ChatClient {
  readonly #seat: Seat;
  readonly #tally: Tally;
  readonly #index: number;
  readonly #room = new Y.Doc();
  readonly #unanswered = new Map<number, Unanswered>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #socket: RawSocket | undefined;
  #endKeepAlive: () => void = () => undefined;
  #onReady: () => void = () => undefined;
  /** Number of the page that is written to; -1: none yet. */
  #page = -1;
  #isPageSynced = false;
  #isResendDue = false;
  #writer = new Writer();

  private constructor(seat: Seat, tally: Tally, index: number) {
    this.#seat = seat;
    this.#tally = tally;
    this.#index = index;
  }

  static async join(url: string, seat: Seat, tally: Tally, index: number): Promise<SkerryClient> {
    const client = new SkerryClient(seat, tally, index);
    const ready = new Promise<void>((resolve) => {
      client.#onReady = resolve;
    });
    client.#socket = await openRawSocket(`${url.replace('http', 'ws')}/sync`, (frame) => {
      client.#receive(frame);
    });
    const room = roomDocumentName(seat.roomId);
    client.#attach(room, client.#room);
    await ready;
    client.#endKeepAlive = keepAlive(() => {
      client.#send(statelessFrame(room, encodeStateless({ type: 'ping', id: 1 })));
    });
    return client;
  }

  post(sequence: number, text: string): void {
    const message = { id: uuidv7() as MessageId, at: Date.now(), text, update: undefined };
    this.#unanswered.set(sequence, message);
    if (this.#isPageSynced) this.#sendMessage(message);
  }

  close(): void {
    this.#endKeepAlive();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#socket?.close();
  }

  #receive(frame: Buffer): void {
    if (frame[1] !== PAGE) {
      this.#receiveRoom(frame);
      return;
    }
    this.#tally.scan(frame, this.#index, (sequence) => {
      const id = this.#unanswered.get(sequence)?.id;
      if (id !== undefined && isInOrder(frame, id)) this.#answer(sequence);
    });
    const typeAt = 1 + (frame[0] ?? 0);
    const type = frame[typeAt] ?? -1;
    if (type === STATELESS) this.#receiveVerdict(frame);
    else if (!this.#isPageSynced && SYNC_TYPES.has(type) && frame[typeAt + 1] === STEP_2)
      this.#startWriting(frame.toString('latin1', 1, typeAt));
    else if (type === 2) readServerFrame(frame); // throws when it was refused
  }

  #receiveRoom(bytes: Buffer): void {
    const frame = readServerFrame(bytes);
    if (frame.kind !== 'update' || !frame.name.startsWith('room:')) return;
    Y.applyUpdate(this.#room, frame.update);
    const head = Number(this.#room.getMap('meta').get('head') ?? -1);
    if (head <= this.#page) return;
    const { roomId } = this.#seat;
    const old = this.#page;
    this.#page = head;
    this.#isPageSynced = false;
    this.#attach(pageDocumentName(roomId, head), new Y.Doc());
    if (old === -1) return;
    this.#after(OLD_PAGE_KEPT_MS, () => {
      this.#send(closeFrame(pageDocumentName(roomId, old)));
    });
  }

  #startWriting(name: string): void {
    if (name !== pageDocumentName(this.#seat.roomId, this.#page)) return;
    this.#isPageSynced = true;
    this.#writer = new Writer();
    for (const message of this.#unanswered.values()) {
      this.#tally.postponed++;
      message.update = undefined;
      this.#sendMessage(message);
    }
    this.#onReady();
  }

  #receiveVerdict(bytes: Buffer): void {
    const frame = readServerFrame(bytes);
    const message = frame.kind === 'stateless' ? parseServerMessage(frame.payload) : undefined;
    if (message?.type === 'later') {
      if (this.#isResendDue) return;
      this.#isResendDue = true;
      this.#after(message.delayMs, () => {
        this.#isResendDue = false;
        for (const unanswered of this.#unanswered.values()) {
          this.#tally.postponed++;
          this.#sendMessage(unanswered);
        }
      });
    } else if (message?.type === 'refused') {
      const key = message.key ?? '';
      if (message.code === 'page-closed') return; // sent again on the next head page
      const [stored] = [...this.#unanswered].find(([, { id }]) => key.endsWith(id)) ?? [];
      if (message.code !== 'duplicate' || stored === undefined)
        throw new Error(`a message was refused: ${message.code} ${key}`);
      this.#answer(stored);
    }
  }

  /** What is not sent now goes when the head page is open. */
  #sendMessage(message: Unanswered): void {
    if (!this.#isPageSynced) return;
    message.update ??= this.#writer.write((doc) => {
      const { id, at, text } = message;
      messagesOf(doc).set(id, newMessageRecord(this.#seat.person.id, at, text));
    });
    const name = pageDocumentName(this.#seat.roomId, this.#page);
    this.#send(updateFrame(name, message.update));
  }

  #answer(sequence: number): void {
    this.#unanswered.delete(sequence);
    this.#tally.acknowledge(sequence);
  }

  #attach(name: string, doc: Y.Doc): void {
    this.#send(authFrame(name, this.#seat.person.token));
    this.#send(stepOneFrame(name, doc));
  }

  #send(frame: Uint8Array): void {
    this.#socket?.send(frame);
  }

  #after(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    this.#timers.add(timer);
  }
}

/** The id stands in the frame twice: as the key in `messages`, and in its entry of `order`. */
function isInOrder(frame: Buffer, id: MessageId): boolean {
  const first = frame.indexOf(id, 0, 'latin1');
  return first !== -1 && frame.indexOf(id, first + id.length, 'latin1') !== -1;
}
