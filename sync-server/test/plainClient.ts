import { SyncTicketAnswer } from '@skerry/protocol/api/syncTickets.ts';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { untilTrue } from './untilTrue.ts';

/** One document in a program that knows the y-websocket package and nothing of Skerry's own protocol. */
export interface PlainClient {
  doc: Y.Doc;
  provider: WebsocketProvider;
  /** How its sockets were closed, oldest first. */
  closes: { code: number; reason: string }[];
  /** HTTP statuses of upgrades that were answered with no. */
  denied: number[];
  close: () => void;
}

export interface PlainOptions {
  doc?: Y.Doc;
  /** Gets a new ticket after each close, as a program that wants to stay does. */
  renew?: boolean;
}

/** Opens a document and resolves when it is synced or the socket is closed for good. */
export async function openPlainClient(
  url: string,
  documentName: string,
  getTicket: () => Promise<string>,
  { doc = new Y.Doc(), renew = false }: PlainOptions = {},
): Promise<PlainClient> {
  const closes: PlainClient['closes'] = [];
  const denied: number[] = [];
  class Polyfill extends WebSocket {
    constructor(...given: ConstructorParameters<typeof WebSocket>) {
      super(...given);
      this.on('unexpected-response', (request, response) => {
        denied.push(response.statusCode ?? 0);
        request.destroy();
        this.emit('close', 1_006, Buffer.from(''));
      });
      this.on('error', () => undefined);
    }
  }
  const provider = new WebsocketProvider(`${url.replace('http', 'ws')}/yjs`, documentName, doc, {
    params: { ticket: await getTicket() },
    WebSocketPolyfill: Polyfill as unknown as typeof globalThis.WebSocket,
    // Two clients of one process would find each other without the server.
    disableBc: true,
    maxBackoffTime: 200,
  });
  provider.on('connection-close', (event) => {
    closes.push({ code: event?.code ?? 0, reason: event?.reason ?? '' });
    if (renew) void getTicket().then((ticket) => (provider.params = { ticket }));
  });
  await untilTrue(`${documentName} answers`, () => provider.synced || closes.length > 0);
  return {
    doc,
    provider,
    closes,
    denied,
    close: () => {
      provider.destroy();
      doc.destroy();
    },
  };
}

/** An upgrade by hand: 101 and the open socket, or the HTTP status that refused it. */
export interface Upgraded {
  status: number;
  headers: Record<string, unknown>;
  socket: InstanceType<typeof WebSocket>;
  /** What the server has sent. */
  frames: Uint8Array[];
}

export function upgrade(address: string): Promise<Upgraded> {
  const socket = new WebSocket(address);
  const frames: Uint8Array[] = [];
  socket.on('message', (data: Buffer) => frames.push(new Uint8Array(data)));
  return new Promise((resolve, reject) => {
    socket.on('open', () => {
      resolve({ status: 101, headers: {}, socket, frames });
    });
    socket.on('unexpected-response', (request, { statusCode = 0, headers }) => {
      request.destroy();
      resolve({ status: statusCode, headers, socket, frames });
    });
    socket.on('error', reject);
  });
}

export function ticketOf(json: unknown): string {
  return SyncTicketAnswer.parse(json).ticket;
}
