import { test as base } from '@playwright/test';
import { openModeration, type Moderation } from '../../../sync-server/test/moderatingNode.ts';
import { startServer, type RunningServer } from '../../../sync-server/test/serverProcess.ts';
import {
  createDatabase,
  openSqlAccess,
  type SqlAccess,
} from '../../../sync-server/test/sqlAccess.ts';
import { startTcpProxy, type TcpProxy } from '../../../sync-server/test/tcpProxy.ts';
import {
  startPostgres,
  type ThrowawayPostgres,
} from '../../../sync-server/test/throwawayPostgres.ts';
import { createBuilds, type Builds } from './builds.ts';
import { createPerson, type Person, type PersonOptions } from './person.ts';

export interface World {
  server: RunningServer;
  /** The network between people and server. */
  proxy: TcpProxy;
  /** Where people reach the server: through the proxy. */
  url: string;
  /** Somebody with a browser of their own, not signed up yet. */
  person: (name: string, options?: PersonOptions) => Person;
  /** Somebody with an open browser, signed up and in General. */
  newcomer: (name: string, options?: PersonOptions) => Promise<Person>;
}

/** On PostgreSQL, with a second process on its database that moderates. */
export type ModeratedWorld = World & SqlAccess & { moderation: Moderation };

interface Fixtures {
  /** On the embedded database. */
  world: World;
  /** On PostgreSQL, which can be looked into and locked beside the server. */
  openWorld: World & SqlAccess;
  moderatedWorld: ModeratedWorld;
  /** The same as `openWorld`, with an app that can be updated under people's feet. */
  changingWorld: World & SqlAccess & { builds: Builds };
}

const BUILD_LIMIT_MS = 180_000;

export const test = base.extend<Fixtures, { postgres: ThrowawayPostgres; builds: Builds }>({
  // Playwright asks for the destructuring to see what a fixture needs.
  // eslint-disable-next-line no-empty-pattern -- Playwright reads what a fixture needs from the pattern
  world: async ({}, use) => {
    const { world, end } = await createWorld({});
    await use(world);
    await end();
  },
  openWorld: async ({ postgres }, use) => {
    const url = await createDatabase(postgres.url);
    const access = openSqlAccess(url);
    const { world, end } = await createWorld({ DATABASE_URL: url });
    await use({ ...world, ...access });
    await end();
    await access.close();
  },
  moderatedWorld: async ({ postgres }, use) => {
    const url = await createDatabase(postgres.url);
    const access = openSqlAccess(url);
    const { world, end } = await createWorld({ DATABASE_URL: url });
    const moderation = await openModeration(url, access);
    await use({ ...world, ...access, moderation });
    await moderation.close();
    await end();
    await access.close();
  },
  changingWorld: async ({ postgres, builds }, use) => {
    const url = await createDatabase(postgres.url);
    const access = openSqlAccess(url);
    const { world, end } = await createWorld({ DATABASE_URL: url, CLIENT_DIR: builds.folder });
    await use({ ...world, ...access, builds });
    await end();
    await access.close();
  },
  builds: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads what a fixture needs from the pattern
    async ({}, use) => {
      const builds = await createBuilds();
      await use(builds);
      builds.dispose();
    },
    { scope: 'worker', timeout: BUILD_LIMIT_MS },
  ],
  postgres: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads what a fixture needs from the pattern
    async ({}, use) => {
      const postgres = await startPostgres({ fsync: true });
      await use(postgres);
      await postgres.stop();
    },
    { scope: 'worker' },
  ],
});

async function createWorld(env: Record<string, string>) {
  const server = await startServer(env);
  const proxy = await startTcpProxy(server.port);
  const people: Person[] = [];
  const world: World = {
    server,
    proxy,
    url: `http://127.0.0.1:${proxy.port}`,
    person: (name, options) => {
      const url = options?.isBesideProxy === true ? server.url : world.url;
      const person = createPerson(name, url, options);
      people.push(person);
      return person;
    },
    newcomer: async (name, options) => {
      const person = world.person(name, options);
      await person.profile.open();
      await person.signUp();
      return person;
    },
  };
  const end = async () => {
    for (const person of people) await person.profile.dispose();
    await proxy.close();
    await server.dispose();
  };
  return { world, end };
}
