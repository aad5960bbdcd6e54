import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { accountRoutes } from './accounts/accounts.routes.ts';
import { createEndSessions } from './accounts/endSessions.ts';
import { createSessionReader } from './accounts/sessionReader.ts';
import { createSessions } from './accounts/sessions.ts';
import { createStartSession, sessionRoutes } from './accounts/sessions.routes.ts';
import { createSessionStore } from './accounts/sessionStore.ts';
import { createSignIn } from './accounts/signIn.ts';
import { createSignInFailureStore } from './accounts/signInFailureStore.ts';
import { createSyncTickets } from './accounts/syncTickets.ts';
import { syncTicketRoutes } from './accounts/syncTickets.routes.ts';
import { createUserStore } from './accounts/userStore.ts';
import type { Config } from './config.ts';
import { createDocuments } from './documents/documents.ts';
import { housekeep } from './housekeeping.ts';
import { createServer } from './http/createServer.ts';
import { healthRoutes } from './http/health.routes.ts';
import { createIdempotencyStore } from './http/idempotencyStore.ts';
import { serveClient } from './http/staticClient.ts';
import { routeUpgrades } from './http/upgrades.ts';
import { createMembershipStore } from './memberships/membershipStore.ts';
import { eraseFiles } from './moderation/erasure.ts';
import { liftEndedSuspension } from './moderation/liftSuspension.ts';
import { openBus } from './platform/bus/openBus.ts';
import { systemClock, type Clock } from './platform/clock.ts';
import { openDatabase, type Database } from './platform/database.ts';
import { openJobs } from './platform/jobs.ts';
import { roomRoutes } from './rooms/rooms.routes.ts';
import { createRoomStore } from './rooms/roomStore.ts';
import { ensureStarterRooms } from './rooms/starterRooms.ts';

/** Hourly, not on the hour, when everybody else's jobs run. */
const HOUSEKEEPING_CRON = '17 * * * *';
/** Tables cannot be used while they are written anew. */
const ERASURE_CRON = '41 3 * * *';
/** Longest wait at the end for requests that are under way: one may be half sent, for ever. */
const REQUEST_DEADLINE_MS = 3_000;
const CLIENT_DIRECTORY = fileURLToPath(new URL('../../client/dist', import.meta.url));

export interface Application {
  /** Returns the address to open in a browser. */
  listen: () => Promise<string>;
  close: () => Promise<void>;
}

interface Options {
  config: Config;
  log: Logger;
  /** What tests set: a database of their own, the time. */
  database?: Database;
  clock?: Clock;
}

/** Builds the whole server from its configuration. */
export async function createApplication(options: Options): Promise<Application> {
  const { config, log, clock = systemClock } = options;
  const db = options.database ?? (await openDatabase(config.database));
  const users = createUserStore(db);
  const rooms = createRoomStore(db);
  const memberships = createMembershipStore(db);
  const sessions = createSessions(db);
  const sessionStore = createSessionStore(db);
  const failures = createSignInFailureStore(db);
  const idempotency = createIdempotencyStore(db);
  const reader = createSessionReader({ sessions, sessionStore, clock });

  const { identify, forget } = reader;
  const tickets = createSyncTickets({ db, clock });
  const bus = await openBus({ db, redisUrl: config.redisUrl, log });
  const documents = await createDocuments({
    ...{ db, log, clock, bus, identify, forget, tickets },
    pacing: config.pacing,
  });
  await ensureStarterRooms({ db, access: documents, clock });

  const { publicUrl, trustProxy } = config.http;
  const app = await createServer({ log, clock, reader, idempotency, publicUrl, trustProxy });
  const deps = {
    ...{ db, clock, users, rooms, memberships, sessionStore, reader, access: documents },
    signIn: createSignIn({
      ...{ users, failures, clock },
      liftSuspension: (userId) => liftEndedSuspension({ db, access: documents, clock }, userId),
    }),
    startSession: createStartSession({ sessions, clock }),
    endSessions: createEndSessions({ reader, access: documents }),
  };
  healthRoutes(app, {
    pingDatabase: async () => {
      await sql`select 1`.execute(db.kysely);
    },
  });
  accountRoutes(app, deps);
  sessionRoutes(app, deps);
  roomRoutes(app, deps);
  syncTicketRoutes(app, { tickets });
  await serveClient(app, config.http.clientDirectory ?? CLIENT_DIRECTORY);

  const jobs = await openJobs(db, log);
  await jobs.repeat('housekeeping', HOUSEKEEPING_CRON, () =>
    housekeep({ kysely: db.kysely, sessions, failures, idempotency, clock }),
  );
  const queueErasure = await jobs.onDemand('erasure', ERASURE_CRON, ({ bySchedule, later }) =>
    eraseFiles({ db, clock, documents }, { always: bySchedule, later }),
  );
  // A process that died may have left something undone.
  await queueErasure();
  routeUpgrades(app.server, config.http, {
    '/sync': documents.handleUpgrade,
    '/yjs/': documents.handlePlainUpgrade,
  });

  return {
    listen: () => app.listen({ port: config.http.port, host: config.http.host }),
    close: async () => {
      // Both at once: the listener waits for open sockets, and takes nothing new meanwhile.
      const requests = setTimeout(() => {
        app.server.closeAllConnections();
      }, REQUEST_DEADLINE_MS);
      await Promise.all([app.close(), documents.close(), jobs.close()]);
      clearTimeout(requests);
      await bus.close();
      await db.close();
    },
  };
}
