import type { Logger } from 'pino';
import type { Clock } from '../platform/clock.ts';
import type { AccessStore } from './accessStore.ts';
import { describeError } from './describeError.ts';
import type { SocketRegistry } from './socketRegistry.ts';
import { CLOSE_CODES } from './syncSocket.ts';

/** How long an ended session may keep its sockets when nobody said so. */
const SESSION_CHECK_MS = 30_000;

interface Deps {
  store: AccessStore;
  sockets: SocketRegistry;
  clock: Clock;
  log: Logger;
  everyMs?: number;
}

export interface SessionWatch {
  /** Closes the sockets of these sessions. */
  end: (sessionIds: ReadonlySet<string>) => void;
  stop: () => void;
}

/** Takes the sockets of sessions that have ended, told or found. */
export function watchSessions(deps: Deps): SessionWatch {
  const checking = setInterval(() => {
    void endExpired(deps);
  }, deps.everyMs ?? SESSION_CHECK_MS);
  checking.unref();
  return {
    end: (sessionIds) => {
      closeSessions(deps.sockets, sessionIds);
    },
    stop: () => {
      clearInterval(checking);
    },
  };
}

function closeSessions(sockets: SocketRegistry, ended: ReadonlySet<string>): void {
  for (const socket of [...sockets.all]) {
    if ([...socket.sessions].some((id) => ended.has(id)))
      socket.close(CLOSE_CODES.unauthenticated, 'unauthenticated');
  }
}

/** Never rejects: the next round looks again. */
async function endExpired({ store, sockets, clock, log }: Deps): Promise<void> {
  try {
    const sessions = new Set([...sockets.all].flatMap((socket) => [...socket.sessions]));
    closeSessions(sockets, await store.findEnded([...sessions], new Date(clock())));
  } catch (error) {
    log.warn({ cause: describeError(error) }, 'sessions were not checked');
  }
}
