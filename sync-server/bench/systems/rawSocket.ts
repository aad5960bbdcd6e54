import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket, type RawData } from 'ws';

/** A WebSocket that counts what passes on its TCP connection. */
export interface RawSocket {
  send: (frame: Uint8Array | string) => void;
  /** Bytes so far, both ways, the upgrade included. */
  bytes: () => number;
  close: () => void;
}

/** Connects; every frame goes to `onFrame`, an end that was not asked for to `onLost`. */
export async function openRawSocket(
  url: string,
  onFrame: (frame: Buffer) => void,
  onLost: (error: Error) => void = fail,
): Promise<RawSocket> {
  const ws = new WebSocket(url, { perMessageDeflate: false });
  let tcp: IncomingMessage['socket'] | undefined;
  let isClosed = false;
  ws.once('upgrade', (response: IncomingMessage) => {
    tcp = response.socket;
  });
  // What comes with the answer to the upgrade must not arrive before the caller has the socket.
  ws.once('open', () => {
    ws.pause();
    setImmediate(() => {
      ws.resume();
    });
  });
  ws.on('message', (data: RawData) => {
    if (!isClosed) onFrame(data as Buffer);
  });
  ws.on('error', () => undefined); // `close` follows
  ws.on('close', (code: number, reason: Buffer) => {
    if (!isClosed) onLost(new Error(`${url} was closed: ${code} ${reason.toString()}`));
  });
  await once(ws, 'open');
  return {
    send: (frame) => {
      ws.send(frame);
    },
    bytes: () => (tcp?.bytesRead ?? 0) + (tcp?.bytesWritten ?? 0),
    close: () => {
      isClosed = true;
      ws.close();
    },
  };
}

function fail(error: Error): never {
  throw error;
}
