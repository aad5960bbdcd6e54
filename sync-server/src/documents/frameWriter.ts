import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';

/** RFC 6455, section 5.2: a final frame of binary data, not masked. */
const FINAL_BINARY = 0x82;
const LENGTH_IN_2_BYTES = 126;
const LENGTH_IN_8_BYTES = 127;

/** Bytes on the wire by message: what goes out to a whole room is one array, and is framed once. */
const framed = new WeakMap<Uint8Array, Buffer>();
/** Sockets with something to write at the end of this turn of the event loop. */
const waiting = new Set<FrameWriter>();

/**
 * Writes binary messages to an open WebSocket whose frames are not compressed: all of a turn of the event loop in
 * one piece, as handing bytes to the kernel is most of what a message costs in a room of 100. `ws` would frame
 * each message for each socket, and hand over head and body apart.
 */
export class FrameWriter {
  readonly #ws: WebSocket;
  readonly #stream: Duplex;
  #frames: Buffer[] = [];
  #bytes = 0;

  /** `stream` is what the WebSocket was made of. */
  constructor(ws: WebSocket, stream: Duplex) {
    this.#ws = ws;
    this.#stream = stream;
  }

  /** Bytes that the other end has not taken yet. */
  get bufferedBytes(): number {
    return this.#bytes + this.#stream.writableLength;
  }

  write(message: Uint8Array): void {
    if (waiting.size === 0) setImmediate(flushAll);
    waiting.add(this);
    const frame = frameOf(message);
    this.#frames.push(frame);
    this.#bytes += frame.length;
  }

  /** After what was written. */
  close(code?: number, reason?: string): void {
    this.flush();
    this.#ws.close(code, reason);
  }

  flush(): void {
    const [first] = this.#frames;
    if (first === undefined) return;
    const bytes = this.#frames.length === 1 ? first : Buffer.concat(this.#frames);
    this.#frames = [];
    this.#bytes = 0;
    if (this.#ws.readyState === WebSocket.OPEN) this.#stream.write(bytes);
  }
}

function flushAll(): void {
  const writers = [...waiting];
  waiting.clear();
  for (const writer of writers) writer.flush();
}

function frameOf(message: Uint8Array): Buffer {
  const known = framed.get(message);
  if (known !== undefined) return known;
  const frame = Buffer.concat([headOf(message.length), message]);
  framed.set(message, frame);
  return frame;
}

function headOf(length: number): Buffer {
  if (length < LENGTH_IN_2_BYTES) return Buffer.of(FINAL_BINARY, length);
  if (length <= 0xffff)
    return Buffer.of(FINAL_BINARY, LENGTH_IN_2_BYTES, length >> 8, length & 0xff);
  const head = Buffer.alloc(10);
  head.set([FINAL_BINARY, LENGTH_IN_8_BYTES]);
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}
