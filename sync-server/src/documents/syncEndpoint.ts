import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Hocuspocus, WebSocketLike } from '@hocuspocus/server';
import { parseDocumentName } from '@skerry/protocol/documentName.ts';
import { MAX_FRAME_BYTES } from '@skerry/protocol/limits.ts';
import type { Logger } from 'pino';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { describeError } from './describeError.ts';
import { readFrameHead } from './frameHead.ts';
import type { SocketRegistry } from './socketRegistry.ts';
import type { DocumentStats } from './stats.ts';
import { StepOneLimit } from './stepOneLimit.ts';
import { CLOSE_CODES, type SyncContext, type SyncSocket } from './syncSocket.ts';

/**
 * Bytes that wait for a reader before it is cut off: a paused client would hold memory without end. Well
 * above a page of 20,000 messages (4.4 MB), which comes in one piece.
 */
const MAX_BUFFERED_BYTES = 8 * 1_024 * 1_024;

/** Sockets on which nobody has opened a document yet. */
export interface StrangerLimits {
  /** Of one address at a time: an office behind one address comes back all at once after a restart. */
  perAddress: number;
  /** Longest time to open the first document. */
  deadlineMs: number;
}
const STRANGER_LIMITS: StrangerLimits = { perAddress: 500, deadlineMs: 20_000 };
/** Characters; a document's name has at most 49. A wrong one is kept until it has its answer. */
const MAX_ADDRESS = 64;

/** What the HTTP server knows about an upgrade request. */
export interface UpgradeFacts {
  /** It carried an Origin header that is ours. */
  ownOrigin: boolean;
  address: string;
}

interface Deps {
  hocuspocus: Hocuspocus<SyncContext>;
  sockets: SocketRegistry;
  log: Logger;
  stats: Pick<DocumentStats, 'slowReaders'>;
  strangers?: StrangerLimits | undefined;
}

export interface SyncEndpoint {
  handleUpgrade: (
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    facts: UpgradeFacts,
  ) => void;
  /** Takes no more sockets and closes those that are open. */
  close: () => void;
  terminate: () => void;
}

/** The WebSocket `/sync`: Hocuspocus' protocol, any number of documents on one socket. */
export function createSyncEndpoint(deps: Deps): SyncEndpoint {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
  });
  const limits = deps.strangers ?? STRANGER_LIMITS;
  let isClosing = false;
  return {
    handleUpgrade: (request, socket, head, facts) => {
      socket.on('error', () => {
        socket.destroy();
      });
      if (isClosing) {
        socket.destroy();
        return;
      }
      if (deps.sockets.strangersAt(facts.address) >= limits.perAddress) {
        socket.end('HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\n\r\n', () => {
          socket.destroy();
        });
        return;
      }
      server.handleUpgrade(request, socket, head, (ws) => {
        serve(deps, ws, { ...facts, cookie: request.headers.cookie }, limits.deadlineMs);
      });
    },
    close: () => {
      isClosing = true;
      for (const ws of server.clients) ws.close(CLOSE_CODES.goingAway, 'going away');
    },
    terminate: () => {
      for (const ws of server.clients) ws.terminate();
      server.close();
    },
  };
}

function serve(deps: Deps, ws: WebSocket, facts: SyncSocket['facts'], deadlineMs: number): void {
  const { hocuspocus, sockets, log } = deps;
  let isOver = false;
  const socket: SyncSocket = {
    facts,
    identity: undefined,
    sessions: new Set(),
    documents: new Set(),
    offences: 0,
    openedAt: performance.now(),
    // At once on this side: the other end may be gone, or may go on sending.
    close: (code, reason) => {
      isOver = true;
      connection.handleClose({ code, reason });
      ws.close(code, reason);
    },
  };
  sockets.add(socket);
  // The request's headers stay out of reach of extensions: the cookie is a credential.
  const connection = hocuspocus.handleConnection(
    withoutEndlessBuffer(deps, ws),
    new Request('http://localhost/sync'),
    { socket },
  );
  const deadline = setTimeout(() => {
    if (socket.identity === undefined) socket.close(CLOSE_CODES.timeout, 'no document was opened');
  }, deadlineMs);
  deadline.unref();
  const stepOnes = new StepOneLimit((frame) => {
    connection.handleMessage(frame);
  });
  ws.on('message', (data: RawData, isBinary) => {
    if (isOver) return;
    if (!isBinary || !(data instanceof Buffer)) {
      ws.close(CLOSE_CODES.unsupportedData, 'binary frames only');
      return;
    }
    const frame = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const head = readFrameHead(frame);
    // `name\0x` is an address of its own: one document could be attached any number of times.
    if (head === undefined || head.address.includes('\0') || head.address.length > MAX_ADDRESS)
      ws.close(CLOSE_CODES.badRequest, 'bad frame');
    // What names no document may ask to open it, to be told why not; nothing else of it is kept.
    else if (parseDocumentName(head.address) === undefined && !head.isAuth) return;
    else if (!head.isStepOne) connection.handleMessage(frame);
    else if (!stepOnes.take(head.address, frame)) ws.close(CLOSE_CODES.tooMany, 'flood');
  });
  ws.on('close', (code, reason) => {
    clearTimeout(deadline);
    stepOnes.close();
    sockets.remove(socket);
    connection.handleClose({ code, reason: reason.toString() });
  });
  ws.on('error', (error) => {
    log.debug({ cause: describeError(error) }, 'a socket failed');
  });
}

function withoutEndlessBuffer({ stats, log }: Deps, ws: WebSocket): WebSocketLike {
  return {
    send: (data) => {
      if (ws.bufferedAmount <= MAX_BUFFERED_BYTES) {
        ws.send(data as Uint8Array);
        return;
      }
      stats.slowReaders++;
      log.info({ bytes: ws.bufferedAmount }, 'a slow reader was cut off');
      ws.terminate();
    },
    close: (code, reason) => {
      ws.close(code, reason);
    },
    get readyState() {
      return ws.readyState;
    },
  };
}
