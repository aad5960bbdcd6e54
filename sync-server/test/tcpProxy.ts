import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * What the link does:
 * - `pass`: everything goes through.
 * - `refuse`: open connections are cut, new ones are reset.
 * - `hang`: new connections open and nothing is ever answered; open ones fall silent in both directions.
 * - `half-open`: what clients send is swallowed, what the server sends still arrives.
 * - `drop-answers`: what clients send arrives, what the server sends is swallowed.
 */
export type LinkMode = 'pass' | 'refuse' | 'hang' | 'half-open' | 'drop-answers';

export interface TcpProxy {
  port: number;
  mode: () => LinkMode;
  setMode: (mode: LinkMode) => void;
  /** Cuts every open connection; new ones behave as the mode says. */
  cut: () => void;
  /** Swallows the link's packets from now on without closing anything, as a vanished network does. */
  freezeOpen: () => void;
  /** Runs for every chunk from client to server. */
  onUp: (listener: (bytes: Buffer) => void) => void;
  connections: () => number;
  close: () => Promise<void>;
}

interface Link {
  client: Socket;
  server: Socket | undefined;
  frozen: boolean;
}

/** A TCP proxy on loopback to `targetPort`: a network that can be cut where a browser's switch cannot. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  let mode: LinkMode = 'pass';
  const links = new Set<Link>();
  const upListeners = new Set<(bytes: Buffer) => void>();

  const listener = createServer((client) => {
    if (mode === 'refuse') {
      client.resetAndDestroy();
      return;
    }
    const link: Link = { client, server: undefined, frozen: false };
    links.add(link);
    const end = () => {
      client.destroy();
      link.server?.destroy();
      links.delete(link);
    };
    client.on('close', end);
    client.on('error', end);
    if (mode === 'hang') return;
    const server = connect(targetPort, '127.0.0.1');
    link.server = server;
    server.on('close', end);
    server.on('error', end);
    client.on('data', (bytes: Buffer) => {
      if (link.frozen || mode === 'hang' || mode === 'half-open') return;
      for (const each of upListeners) each(bytes);
      server.write(bytes);
    });
    server.on('data', (bytes: Buffer) => {
      if (link.frozen || mode === 'hang' || mode === 'drop-answers') return;
      client.write(bytes);
    });
  });
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));

  const cut = () => {
    for (const { client, server } of links) {
      client.resetAndDestroy();
      server?.destroy();
    }
    links.clear();
  };
  return {
    port: (listener.address() as AddressInfo).port,
    mode: () => mode,
    setMode: (next) => {
      mode = next;
      if (next === 'refuse') cut();
    },
    cut,
    freezeOpen: () => {
      for (const link of links) link.frozen = true;
    },
    onUp: (each) => {
      upListeners.add(each);
    },
    connections: () => links.size,
    close: async () => {
      cut();
      await new Promise((done) => listener.close(done));
    },
  };
}
