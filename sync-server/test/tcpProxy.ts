import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

/**
 * What the network does:
 * - `pass`: it works.
 * - `refuse`: connections are cut and new ones refused.
 * - `hang`: new connections are taken and nothing comes; open ones stay silent.
 * - `half-open`: what the client sends is lost, without a sign; what the server sends arrives.
 * - `drop-answers`: what the server sends is lost; what the client sends arrives.
 */
export type ProxyMode = 'pass' | 'refuse' | 'hang' | 'half-open' | 'drop-answers';

export interface TcpProxy {
  port: number;
  readonly mode: ProxyMode;
  /** Changes the network for open and new connections. */
  set: (mode: ProxyMode) => void;
  /** Milliseconds each piece waits, in both directions. */
  delay: (ms: number) => void;
  /** Resets all open connections. */
  cut: () => void;
  /** Open connections fall silent for good, without a sign to either side; new ones work. */
  freezeOpen: () => void;
  readonly bytes: { up: number; down: number };
  close: () => Promise<void>;
}

/** A network between clients and a server on loopback, broken by hand. */
export async function startTcpProxy(serverPort: number): Promise<TcpProxy> {
  let mode: ProxyMode = 'pass';
  let delayMs = 0;
  const bytes = { up: 0, down: 0 };
  const open = new Set<Socket>();
  const frozen = new WeakSet<Socket>();
  const cut = () => {
    for (const socket of open) socket.destroy();
    open.clear();
  };
  const pipe = (from: Socket, to: Socket, direction: 'up' | 'down', losing: ProxyMode) => {
    from.on('data', (data: Buffer) => {
      if (mode === 'hang' || mode === losing || frozen.has(from)) return;
      bytes[direction] += data.length;
      const write = () => {
        if (to.writable) to.write(data);
      };
      if (delayMs === 0) write();
      else setTimeout(write, delayMs);
    });
    from.on('close', () => {
      open.delete(from);
      if (!frozen.has(from)) to.destroy();
    });
    from.on('error', () => {
      from.destroy();
    });
  };
  const server = createServer((client) => {
    if (mode === 'refuse') {
      client.destroy();
      return;
    }
    const upstream = connect(serverPort, '127.0.0.1');
    open.add(client).add(upstream);
    pipe(client, upstream, 'up', 'half-open');
    pipe(upstream, client, 'down', 'drop-answers');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get mode() {
      return mode;
    },
    set: (next) => {
      mode = next;
      if (next === 'refuse') cut();
    },
    delay: (ms) => {
      delayMs = ms;
    },
    cut,
    freezeOpen: () => {
      for (const socket of open) frozen.add(socket);
    },
    bytes,
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
