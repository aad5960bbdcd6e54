import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { MAX_FRAME_BYTES } from '@skerry/protocol/limits.ts';
import { WebSocketServer } from 'ws';
import type { SyncTickets } from '../accounts/syncTickets.ts';
import type { Clock } from '../platform/clock.ts';
import { describeError } from './describeError.ts';
import { speakPlain } from './plainDialect.ts';
import { RefusalMemory } from './refusalMemory.ts';
import { serveSocket, type ServingDeps } from './socketServing.ts';
import { CLOSE_CODES } from './syncSocket.ts';
import { readTicketAddress } from './ticketAddress.ts';

/** Sockets on which nobody has opened a document yet. */
export interface StrangerLimits {
  /** Of one address at a time: an office behind one address comes back all at once after a restart. */
  perAddress: number;
  /** Longest time to open the first document. */
  deadlineMs: number;
}
const STRANGER_LIMITS: StrangerLimits = { perAddress: 500, deadlineMs: 20_000 };

/** What the HTTP server knows about an upgrade request. */
export interface UpgradeFacts {
  /** It carried an Origin header that is ours. */
  ownOrigin: boolean;
  address: string;
}

interface Deps extends ServingDeps {
  tickets: Pick<SyncTickets, 'take'>;
  clock: Clock;
  strangers?: StrangerLimits | undefined;
}

type HandleUpgrade = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  facts: UpgradeFacts,
) => void;

export interface SyncEndpoint {
  /** `/sync`: Hocuspocus' protocol, any number of documents on one socket. */
  handleUpgrade: HandleUpgrade;
  /** `/yjs/<document>?ticket=`: the plain y-websocket protocol, one document on one socket. */
  handlePlainUpgrade: HandleUpgrade;
  /** Takes no more sockets and closes those that are open. */
  close: () => void;
  terminate: () => void;
}

/** The WebSockets over which documents are synced. */
export function createSyncEndpoint(deps: Deps): SyncEndpoint {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
  });
  const { perAddress, deadlineMs } = deps.strangers ?? STRANGER_LIMITS;
  const refusals = new RefusalMemory(deps.clock);
  let isClosing = false;
  /** False: it has been answered. */
  const mayComeIn = (socket: Duplex, { address }: UpgradeFacts) => {
    socket.on('error', () => {
      socket.destroy();
    });
    if (isClosing) socket.destroy();
    else if (deps.sockets.strangersAt(address) >= perAddress) refuse(socket, TOO_MANY);
    else return true;
    return false;
  };

  async function openPlain(...[request, socket, head, facts]: Parameters<HandleUpgrade>) {
    const address = readTicketAddress(request.url ?? '');
    if (address === undefined) {
      refuse(socket, '404 Not Found');
      return;
    }
    const { documentName } = address;
    const holder = await deps.tickets.take(address.ticket);
    // What was asked may have changed while the answer was on its way.
    if (!mayComeIn(socket, facts)) return;
    if (holder === undefined) {
      refuse(socket, '401 Unauthorized');
      return;
    }
    const { userId } = holder;
    const waitSeconds = refusals.waitSeconds(userId, documentName);
    if (waitSeconds > 0) {
      refuse(socket, `${TOO_MANY}\r\nRetry-After: ${String(waitSeconds)}`);
      return;
    }
    server.handleUpgrade(request, socket, head, (ws) => {
      serveSocket(deps, ws, {
        stream: socket,
        facts: { ...facts, cookie: undefined },
        holder,
        deadlineMs,
        speak: (served) =>
          speakPlain({
            documentName,
            socket: served,
            presence: () => deps.hocuspocus.documents.get(documentName)?.awareness,
            refused: () => {
              refusals.note(userId, documentName);
            },
          }),
      });
    });
  }

  return {
    handleUpgrade: (request, socket, head, facts) => {
      if (!mayComeIn(socket, facts)) return;
      server.handleUpgrade(request, socket, head, (ws) => {
        const { cookie } = request.headers;
        serveSocket(deps, ws, { stream: socket, facts: { ...facts, cookie }, deadlineMs });
      });
    },
    handlePlainUpgrade: (request, socket, head, facts) => {
      if (!mayComeIn(socket, facts)) return;
      openPlain(request, socket, head, facts).catch((error: unknown) => {
        deps.log.error({ cause: describeError(error) }, 'a ticket was not looked at');
        refuse(socket, '503 Service Unavailable');
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

const TOO_MANY = '429 Too Many Requests';

function refuse(socket: Duplex, status: string): void {
  // The other end may never close its side, and the listener would wait for it.
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => {
    socket.destroy();
  });
}
