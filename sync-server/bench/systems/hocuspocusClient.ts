import { newMessageRecord } from '@skerry/protocol/page/messageRecord.ts';
import { v7 as uuidv7 } from 'uuid';
import * as Y from 'yjs';
import type { ChatClient, Device, Received, Seat } from '../chatSystem.ts';
import type { Tally } from '../tally.ts';
import { authFrame, readServerFrame, statelessFrame, stepOneFrame, updateFrame } from './frames.ts';
import { keepAlive } from './keepAlive.ts';
import { openRawSocket, type RawSocket } from './rawSocket.ts';
import { Writer } from './writer.ts';

/**
 * Root of a room's document: a Y.Array of plain JSON, the leanest shape there is for messages. Two thirds of
 * the memory of the Y.Map that pages use, in the baseline's favour.
 */
export const MESSAGES = 'messages';
const SYNC_STATUS = 8;
const STEP_2 = 1;

/** A live member of a room on the stock server. Its receipt says: applied in memory. */
export async function joinHocuspocus(
  url: string,
  { roomId, person }: Seat,
  tally: Tally,
  index: number,
): Promise<ChatClient> {
  const writer = new Writer();
  // Receipts name nothing; they come in the order of the updates.
  const unanswered: number[] = [];
  let onReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    onReady = resolve;
  });
  const socket = await openRawSocket(url.replace('http', 'ws'), (frame) => {
    tally.scan(frame, index);
    const typeAt = 1 + (frame[0] ?? 0);
    if (frame[typeAt] === SYNC_STATUS) {
      const sequence = unanswered.shift();
      if (sequence !== undefined) tally.acknowledge(sequence);
    } else if (frame[typeAt] === 0 && frame[typeAt + 1] === STEP_2) onReady();
  });
  socket.send(authFrame(roomId, person.token));
  socket.send(stepOneFrame(roomId, new Y.Doc()));
  await ready;
  const endKeepAlive = keepAlive(() => {
    socket.send(statelessFrame(roomId, 'ping'));
  });
  return {
    post: (sequence, text) => {
      unanswered.push(sequence);
      const record = newMessageRecord(person.id, Date.now(), text);
      const update = writer.write((doc) => {
        doc.getArray(MESSAGES).push([{ id: uuidv7(), ...record }]);
      });
      socket.send(updateFrame(roomId, update));
    },
    close: () => {
      endKeepAlive();
      socket.close();
    },
  };
}

/** The whole document, then its last messages. */
export class HocuspocusDevice implements Device {
  readonly #url: string;
  readonly #seat: Seat;
  readonly #doc = new Y.Doc();
  #socket: RawSocket | undefined;

  constructor(url: string, seat: Seat) {
    this.#url = url;
    this.#seat = seat;
  }

  async receive(wanted: number): Promise<Received> {
    this.close();
    const { roomId, person } = this.#seat;
    const messages = this.#doc.getArray(MESSAGES);
    const before = messages.length;
    const start = performance.now();
    let onShown: () => void = () => undefined;
    const shown = new Promise<void>((resolve) => {
      onShown = resolve;
    });
    this.#socket = await openRawSocket(this.#url.replace('http', 'ws'), (bytes) => {
      const frame = readServerFrame(bytes);
      if (frame.kind !== 'update') return;
      Y.applyUpdate(this.#doc, frame.update);
      const { length } = messages;
      if (length - before < wanted) return;
      if (messages.slice(length - wanted, length).length === wanted) onShown();
    });
    this.#socket.send(authFrame(roomId, person.token));
    this.#socket.send(stepOneFrame(roomId, this.#doc));
    await shown;
    return { ms: performance.now() - start, bytes: this.#socket.bytes() };
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }
}
