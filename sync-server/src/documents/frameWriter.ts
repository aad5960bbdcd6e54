import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';

/** RFC 6455, section 5.2: a final frame of binary data, not masked. */
const FINAL_BINARY = 0x82;
const LENGTH_IN_2_BYTES = 126;
const LENGTH_IN_8_BYTES = 127;

/** Bytes on the wire by message: what goes out to a whole room is one array, and is framed once. */
const framed = new WeakMap<Uint8Array, Buffer>();

/**
 * Writes binary messages to an open WebSocket whose frames are not compressed. `ws` would frame each message for
 * each socket and hand over head and body apart; in a room of 100 that is most of what a message costs.
 */
export function writeFrame(ws: WebSocket, stream: Duplex, message: Uint8Array): void {
  if (ws.readyState === WebSocket.OPEN) stream.write(frameOf(message));
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
