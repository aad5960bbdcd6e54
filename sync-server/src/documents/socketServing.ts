import type { Hocuspocus } from '@hocuspocus/server';
import type { Duplex } from 'node:stream';
import { parseDocumentName } from '@skerry/protocol/documentName.ts';
import type { Logger } from 'pino';
import type { RawData, WebSocket } from 'ws';
import type { Identity } from '../accounts/identity.ts';
import { describeError } from './describeError.ts';
import { readFrameHead } from './frameHead.ts';
import { FrameLimits } from './frameLimits.ts';
import { FrameWriter } from './frameWriter.ts';
import type { SocketRegistry } from './socketRegistry.ts';
import type { DocumentStats } from './stats.ts';
import { CLOSE_CODES, type SyncContext, type SyncSocket } from './syncSocket.ts';

/**
 * Bytes that wait for a reader before it is cut off: a paused client would hold memory without end. Well
 * above a page of 20,000 messages (4.4 MB), which comes in one piece.
 */
const MAX_BUFFERED_BYTES = 8 * 1_024 * 1_024;
/**
 * What extensions see of the request: one for all. Its headers stay out of their reach, as the cookie is a
 * credential; and Hocuspocus takes a whole URL apart at each message.
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Hocuspocus reads these two
const REQUEST = { url: '/sync', headers: new Headers() } as Request;
/** Characters; a document's name has at most 49. A wrong one is kept until it has its answer. */
const MAX_ADDRESS = 64;

export interface ServingDeps {
  hocuspocus: Hocuspocus<SyncContext>;
  sockets: SocketRegistry;
  log: Logger;
  stats: Pick<DocumentStats, 'slowReaders'>;
}

/** What Hocuspocus is told and says on one socket, in the words of that socket's protocol. */
export interface Dialect {
  /** Undefined: Hocuspocus needs to know nothing of it. */
  read: (frame: Uint8Array) => Uint8Array | undefined;
  /** Undefined: the client cannot read it. */
  write: (frame: Uint8Array) => Uint8Array | undefined;
  close: () => void;
}

/** One socket, as the dialect's maker sees it. */
export interface ServedSocket {
  close: SyncSocket['close'];
  /** Hands Hocuspocus a frame as if the client had sent it. */
  receive: (frame: Uint8Array) => void;
  send: (frame: Uint8Array) => void;
  /** Asks whether the other end is there; its answer counts as a message. */
  ping: () => void;
}

interface Opened {
  /** What the WebSocket was made of. */
  stream: Duplex;
  facts: SyncSocket['facts'];
  holder?: Identity;
  /** Longest time to open the first document. */
  deadlineMs: number;
  /** Absent: Hocuspocus' own protocol. */
  speak?: (socket: ServedSocket) => Dialect;
}

const PLAIN: Dialect = {
  read: (frame) => frame,
  write: (frame) => frame,
  close: () => undefined,
};

/** Connects an open WebSocket with Hocuspocus, within the limits of a socket. */
export function serveSocket(deps: ServingDeps, ws: WebSocket, opened: Opened): void {
  const { hocuspocus, sockets, log } = deps;
  let isOver = false;
  const writer = new FrameWriter(ws, opened.stream);
  const socket: SyncSocket = {
    facts: opened.facts,
    ...(opened.holder === undefined ? {} : { holder: opened.holder }),
    identity: undefined,
    sessions: new Set(),
    documents: new Set(),
    offences: 0,
    openedAt: performance.now(),
    // At once on this side: the other end may be gone, or may go on sending.
    close: (code, reason) => {
      if (isOver) return;
      isOver = true;
      connection.handleClose({ code, reason });
      writer.close(code, reason);
    },
  };
  sockets.add(socket);
  let dialect = PLAIN;
  const send = withoutEndlessBuffer(deps, ws, writer);
  const connection = hocuspocus.handleConnection(
    {
      close: (code, reason) => {
        writer.close(code, reason);
      },
      send: (data: unknown) => {
        const frame = dialect.write(data as Uint8Array);
        if (frame !== undefined) send(frame);
      },
      get readyState() {
        return ws.readyState;
      },
    },
    REQUEST,
    { socket },
  );
  const deadline = setTimeout(() => {
    if (socket.identity === undefined) socket.close(CLOSE_CODES.timeout, 'no document was opened');
  }, opened.deadlineMs);
  deadline.unref();
  const limits = new FrameLimits((frame) => {
    connection.handleMessage(frame);
  });
  ws.on('message', (data: RawData, isBinary) => {
    // ws waits half a minute for the other end to close too, and hands over what it sends until then.
    if (ws.readyState !== ws.OPEN) return;
    if (!isBinary || !(data instanceof Buffer)) {
      socket.close(CLOSE_CODES.unsupportedData, 'binary frames only');
      return;
    }
    const frame = dialect.read(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    if (frame === undefined) return;
    const head = readFrameHead(frame);
    // `name\0x` is an address of its own: one document could be attached any number of times.
    if (head === undefined || head.address.includes('\0') || head.address.length > MAX_ADDRESS)
      socket.close(CLOSE_CODES.badRequest, 'bad frame');
    // What names no document may ask to open it, to be told why not; nothing else of it is kept.
    else if (parseDocumentName(head.address) === undefined && !head.isAuth) return;
    else if (!limits.take(head, frame)) socket.close(CLOSE_CODES.tooMany, 'flood');
  });
  ws.on('close', (code, reason) => {
    isOver = true;
    clearTimeout(deadline);
    limits.close();
    dialect.close();
    sockets.remove(socket);
    connection.handleClose({ code, reason: reason.toString() });
  });
  ws.on('pong', () => {
    connection.lastMessageReceivedAt = Date.now();
  });
  ws.on('error', (error) => {
    log.debug({ cause: describeError(error) }, 'a socket failed');
  });
  if (opened.speak === undefined) return;
  dialect = opened.speak({
    close: socket.close,
    receive: (frame) => {
      connection.handleMessage(frame);
    },
    send,
    ping: () => {
      ws.ping();
    },
  });
}

function withoutEndlessBuffer(
  { stats, log }: ServingDeps,
  ws: WebSocket,
  writer: FrameWriter,
): (message: Uint8Array) => void {
  return (message) => {
    const bytes = writer.bufferedBytes;
    if (bytes <= MAX_BUFFERED_BYTES) {
      writer.write(message);
      return;
    }
    stats.slowReaders++;
    log.info({ bytes }, 'a slow reader was cut off');
    ws.terminate();
  };
}
