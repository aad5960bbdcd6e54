import { encodeStateless } from '@skerry/protocol/stateless.ts';
import { WebSocket } from 'ws';
import { until, type Person } from './harness.ts';

/** A socket that speaks Hocuspocus' protocol byte by byte, as a client may that is not ours. */
export interface RawSocket {
  socket: WebSocket;
  /** Frames received so far, oldest first. */
  frames: Buffer[];
  /** Close code; undefined while it is open. */
  closed: () => number | undefined;
  send: (name: string, ...rest: (number | Uint8Array)[]) => void;
  /** Opens a document, and waits until it is open. */
  open: (name: string) => Promise<void>;
  /** Resolves when everything sent to the document before was seen. */
  ping: (name: string) => Promise<void>;
}

/** Second numbers of frames. */
const AUTH = 2;
const STATELESS = 5;

export async function openRawSocket(port: number, person: Person): Promise<RawSocket> {
  let code: number | undefined;
  const socket = new WebSocket(`ws://127.0.0.1:${String(port)}/sync`);
  const frames: Buffer[] = [];
  socket.on('message', (data: Buffer) => frames.push(data));
  socket.on('close', (given) => (code = given));
  socket.on('error', () => undefined);
  await until('the socket', () => socket.readyState === WebSocket.OPEN);
  const send = (name: string, ...rest: (number | Uint8Array)[]) => {
    socket.send(rawFrame(name, ...rest));
  };
  let pings = 0;
  const ping = async (name: string) => {
    const id = ++pings;
    send(name, STATELESS, sized(Buffer.from(encodeStateless({ type: 'ping', id }))));
    const pong = encodeStateless({ type: 'pong', id });
    await until(`a pong of ${name}`, () =>
      frames.some((frame) => frame.includes(name) && frame.includes(pong)),
    );
  };
  return {
    socket,
    frames,
    closed: () => code,
    send,
    ping,
    open: async (name) => {
      send(name, AUTH, 0, sized(Buffer.from(person.session)));
      // Waits on the server until the document is loaded.
      await ping(name);
    },
  };
}

/** The document's name, then the rest. */
export function rawFrame(name: string, ...rest: (number | Uint8Array)[]): Buffer {
  const parts = rest.map((part) => (typeof part === 'number' ? Buffer.from([part]) : part));
  return Buffer.concat([sized(Buffer.from(name)), ...parts]);
}

/** Bytes after their number, as lib0 writes it. */
export function sized(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(varUint(bytes.length)), bytes]);
}

export function varUint(number: number): number[] {
  const bytes: number[] = [];
  let rest = number;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}
