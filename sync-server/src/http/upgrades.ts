import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { addressOf } from './address.ts';
import { bearerOf } from './authentication.ts';
import { judgeOrigin } from './origin.ts';

/** What the HTTP layer found out about a WebSocket upgrade. */
export interface UpgradeFacts {
  /** What limits count as one place. */
  address: string;
  /** The raw Cookie header; counts only with `ownOrigin`. */
  cookie: string | undefined;
  /** From the Authorization header, or empty. */
  bearer: string;
  ownOrigin: boolean;
}

export type HandleUpgrade = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  facts: UpgradeFacts,
) => void;

/**
 * Hands the upgrades of each path to whoever speaks its protocol; foreign pages and other paths are refused.
 * A path that ends with a slash takes everything below it.
 */
export function routeUpgrades(
  server: Server,
  options: { publicUrl: string | undefined; trustProxy: boolean },
  handlers: Readonly<Record<string, HandleUpgrade>>,
): void {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    destroyOnError(socket);
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const route = /^\/[^/]*\/?/.exec(path)?.[0] ?? '';
    const handle = Object.hasOwn(handlers, route) ? handlers[route] : undefined;
    if (handle === undefined) {
      refuse(socket, '404 Not Found');
      return;
    }
    const forwarded = (name: string) => firstOf(options.trustProxy, request.headers[name]);
    const verdict = judgeOrigin({
      headers: request.headers,
      // An upgrade changes things: only Origin speaks for it.
      method: 'UPGRADE',
      host: forwarded('x-forwarded-host') ?? request.headers.host ?? '',
      publicUrl: options.publicUrl,
    });
    if (verdict === 'foreign') {
      refuse(socket, '403 Forbidden');
      return;
    }
    handle(request, socket, head, {
      address: addressOf(forwarded('x-forwarded-for') ?? request.socket.remoteAddress ?? ''),
      cookie: request.headers.cookie,
      bearer: bearerOf(request.headers.authorization),
      ownOrigin: verdict === 'own',
    });
  });
}

/**
 * A socket that breaks before the handshake must not end the process. Apart from the rest, as the listener lives
 * as long as the socket, and what is in sight of it lives as long: the request with its headers must not.
 */
function destroyOnError(socket: Duplex): void {
  socket.on('error', () => socket.destroy());
}

/** The first entry, as Fastify reads a proxy's list when it trusts every hop. */
function firstOf(trustProxy: boolean, header: string | string[] | undefined): string | undefined {
  if (!trustProxy || header === undefined) return undefined;
  const list = typeof header === 'string' ? header : header.join(',');
  return list.split(',', 1)[0]?.trim();
}

function refuse(socket: Duplex, status: string): void {
  // The other end may never close its side, and the listener would wait for it.
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () =>
    socket.destroy(),
  );
}
