import { randomBytes } from 'node:crypto';
import { SignInAnswer, UserAnswer } from '@skerry/protocol/api/accounts.ts';
import { createApplication } from '../src/application.ts';
import { loadConfig } from '../src/config.ts';
import { createLogger } from '../src/logger.ts';
import type { Database } from '../src/platform/database.ts';
import { openTestDatabase } from './database.ts';
import { freePort } from './serverProcess.ts';

export interface TestServer {
  url: string;
  db: Database;
  /** Milliseconds by which the server's clock is ahead. */
  ahead: { ms: number };
  /** Each line that the server logged. */
  logged: string[];
  call: (method: string, path: string, options?: CallOptions) => Promise<Answer>;
  /** Signs somebody up and in. */
  person: (name?: string) => Promise<Person>;
  /** The same database under a new process' worth of objects. */
  restart: () => Promise<void>;
  close: () => Promise<void>;
}

export interface CallOptions {
  token?: string | undefined;
  cookie?: string | undefined;
  /** Null: none is sent. Default: the server's own. */
  origin?: string | null;
  body?: unknown;
  /** Sent as it is. */
  rawBody?: string;
  headers?: Record<string, string>;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** Undefined unless it is JSON. */
  json: unknown;
}

export interface Person {
  id: string;
  handle: string;
  email: string;
  password: string;
  token: string;
}

const NO_CLIENT = 'sync-server/test/no-such-folder';

/** The real server on the test run's kind of database, in this process. */
export async function startTestServer(env: Record<string, string> = {}): Promise<TestServer> {
  const db = await openTestDatabase();
  const port = await freePort();
  const config = loadConfig({
    PORT: String(port),
    LOG_LEVEL: 'debug',
    CLIENT_DIR: NO_CLIENT,
    ...env,
  });
  const ahead = { ms: 0 };
  const logged: string[] = [];
  const open = async () => {
    const application = await createApplication({
      config,
      log: createLogger(config.logLevel, { write: (line: string) => logged.push(line) }),
      database: { ...db, close: () => Promise.resolve() },
      clock: () => Date.now() + ahead.ms,
    });
    await application.listen();
    return application;
  };
  let application = await open();
  const url = `http://127.0.0.1:${port}`;

  const call: TestServer['call'] = async (method, path, options = {}) => {
    const { token, cookie, origin = url, body, rawBody } = options;
    const payload = rawBody ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(payload !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(cookie !== undefined && { cookie }),
        ...(origin !== null && { origin }),
        ...options.headers,
      },
      ...(payload !== undefined && { body: payload }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? (JSON.parse(text) as unknown) : undefined,
    };
  };

  return {
    url,
    db,
    ahead,
    logged,
    call,
    person: async (name = `p${randomBytes(4).toString('hex')}`) => {
      const password = `correct horse ${randomBytes(6).toString('hex')}`;
      const email = `${name}@example.org`;
      const signedUp = await call('POST', '/api/accounts', {
        body: { handle: name, email, displayName: name, password },
      });
      if (signedUp.status !== 201) throw new Error(`sign-up: ${signedUp.text}`);
      const { id } = UserAnswer.parse(signedUp.json).user;
      const signedIn = await call('POST', '/api/sessions', {
        body: { login: name, password, transport: 'bearer' },
      });
      const { token = '' } = SignInAnswer.parse(signedIn.json);
      return { id, handle: name, email, password, token };
    },
    restart: async () => {
      await application.close();
      application = await open();
    },
    close: async () => {
      await application.close();
      await db.close();
    },
  };
}
