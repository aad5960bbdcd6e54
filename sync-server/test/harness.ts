import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { pageDocumentName, roomDocumentName } from '@skerry/protocol/documentName.ts';
import { MessageId, RoomId, UserId } from '@skerry/protocol/ids.ts';
import { readOrder } from '@skerry/protocol/page/pageDoc.ts';
import type { RoomKind, RoomRole } from '@skerry/protocol/room/roomDoc.ts';
import { parseServerMessage, type ServerMessage } from '@skerry/protocol/stateless.ts';
import { pino, type Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import * as Y from 'yjs';
import type { Identify } from '../src/accounts/identity.ts';
import { createSyncTickets } from '../src/accounts/syncTickets.ts';
import { createDocuments, type Documents, type DocumentsDeps } from '../src/documents/documents.ts';
import { ALONE, type Bus } from '../src/platform/bus/bus.ts';
import type { Database } from '../src/platform/database.ts';
import { systemClock } from '../src/platform/clock.ts';
import { openTestDatabase } from './database.ts';

export interface Person {
  id: UserId;
  name: string;
  /** Session id and bearer token in one. */
  session: string;
}

/** One document on one device. */
export interface Attached {
  provider: HocuspocusProvider;
  doc: Y.Doc;
  /** What the server said beside the Yjs messages. */
  said: ServerMessage[];
  /** Reasons with which the server closed the document. */
  closed: string[];
  /** Why it was not let in. */
  refused: string | undefined;
  /** Update frames received. */
  updates: Uint8Array[];
}

export interface Device {
  socket: HocuspocusProviderWebsocket;
  /** Close codes of the socket so far. */
  closes: number[];
  /** Resolves when the document is synced or refused. */
  attach: (
    name: string,
    options?: { doc?: Y.Doc; awareness?: boolean; timeoutMs?: number },
  ) => Promise<Attached>;
  /** The head page, as the room document names it. */
  page: (roomId: RoomId) => Promise<Attached>;
  close: () => void;
}

export interface Harness {
  db: Database;
  documents: Documents;
  port: number;
  bus: Bus;
  person: (name: string) => Promise<Person>;
  room: (members: [Person, RoomRole][], kind?: RoomKind) => Promise<RoomId>;
  device: (person: Person | undefined, port?: number) => Device;
  /** Stops the process' part and starts it again on the same database and port. */
  restart: () => Promise<void>;
  /** Starts what a second process would be, on the same database; it stops with the harness. */
  secondNode: () => Promise<HarnessNode>;
  stop: () => Promise<void>;
}

/** One process' part. */
export interface HarnessNode {
  documents: Documents;
  port: number;
  bus: Bus;
}

type Options = Partial<Pick<DocumentsDeps, 'pacing' | 'clock' | 'strangers' | 'activity'>> & {
  identify?: (db: Database) => Identify;
  /** Stands between the server and its database. */
  wrap?: (db: Database) => Database;
  /** Between the nodes; without it each is alone. */
  openBus?: (db: Database) => Promise<Bus>;
  log?: Logger;
  /** Default: one of the run's kind. Closed at the end, as that one is. */
  database?: Database;
};

const GENEROUS = { burst: 1_000_000, perSecond: 1_000_000 };

/** The real documents on an HTTP server, with a database of their own and real providers for clients. */
export async function startHarness(options: Options = {}): Promise<Harness> {
  const db = options.database ?? (await openTestDatabase());
  const seen = options.wrap?.(db) ?? db;
  const devices = new Set<Device>();
  const start = (bus: Bus) =>
    createDocuments({
      ...options,
      db: seen,
      bus,
      forget: () => undefined,
      log: options.log ?? pino({ level: 'silent' }),
      clock: options.clock ?? systemClock,
      identify: (options.identify ?? identifyBySession)(db),
      tickets: createSyncTickets({ db: seen, clock: options.clock ?? systemClock }),
      pacing: options.pacing ?? GENEROUS,
    });
  const stops: (() => Promise<void>)[] = [];
  const startNode = async (): Promise<HarnessNode & { restart: () => Promise<void> }> => {
    const bus = (await options.openBus?.(db)) ?? ALONE;
    let documents = await start(bus);
    const http = createServer();
    http.on('upgrade', (request, socket, head) => {
      documents.handleUpgrade(request, socket, head, { ownOrigin: false, address: '127.0.0.1' });
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    stops.push(async () => {
      await documents.close();
      await bus.close();
      await new Promise((resolve) => http.close(resolve));
    });
    return {
      get documents() {
        return documents;
      },
      port: (http.address() as AddressInfo).port,
      bus,
      restart: async () => {
        await documents.close();
        documents = await start(bus);
      },
    };
  };
  const first = await startNode();
  return {
    db,
    get documents() {
      return first.documents;
    },
    port: first.port,
    bus: first.bus,
    person: (name) => insertPerson(db, name),
    room: (members, kind = 'public') => insertRoom(db, members, kind),
    device: (person, through = first.port) => {
      const device = openDevice(person, through, devices);
      devices.add(device);
      return device;
    },
    restart: first.restart,
    secondNode: startNode,
    stop: async () => {
      for (const device of [...devices]) device.close();
      for (const stop of stops) await stop();
      await db.close();
    },
  };
}

export function identifyBySession(db: Database): Identify {
  return async ({ bearer }) => {
    const user = await db.kysely
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .selectAll('users')
      .where('sessions.id', '=', bearer)
      .where('sessions.expires_at', '>', new Date())
      .where('users.suspended_at', 'is', null)
      .executeTakeFirst();
    if (user === undefined) return undefined;
    const { id, handle, display_name, avatar, role } = user;
    return { userId: id, sessionId: bearer, handle, displayName: display_name, avatar, role };
  };
}

async function insertPerson(db: Database, name: string): Promise<Person> {
  const id = UserId.parse(uuidv7());
  const handle = `${name.toLowerCase()}_${id.slice(-6)}`;
  const session = randomUUID();
  await db.kysely
    .insertInto('users')
    .values({
      id,
      handle,
      email: `${handle}@example.org`,
      display_name: name,
      avatar: '210',
      created_at: Date.now(),
      email_verified_at: null,
      suspended_at: null,
    })
    .execute();
  await db.kysely
    .insertInto('sessions')
    .values({
      id: session,
      user_id: id,
      expires_at: new Date(Date.now() + 86_400_000),
      created_at: Date.now(),
      last_seen_at: Date.now(),
      remember: true,
      device_name: 'test',
      public_id: randomUUID(),
    })
    .execute();
  return { id, name, session };
}

async function insertRoom(
  db: Database,
  members: [Person, RoomRole][],
  kind: RoomKind,
): Promise<RoomId> {
  const id = RoomId.parse(uuidv7());
  await db.kysely
    .insertInto('rooms')
    .values({
      id,
      kind,
      name: `room ${id}`,
      archived_at: null,
      settings: '{}',
      created_by: members[0]?.[0].id ?? null,
      created_at: Date.now(),
    })
    .execute();
  for (const [{ id: user_id }, role] of members) {
    await db.kysely
      .insertInto('memberships')
      .values({ room_id: id, user_id, role, joined_at: Date.now() })
      .execute();
  }
  return id;
}

function openDevice(person: Person | undefined, port: number, devices: Set<Device>): Device {
  const socket = new HocuspocusProviderWebsocket({
    url: `ws://127.0.0.1:${String(port)}/sync`,
    WebSocketPolyfill: globalThis.WebSocket,
    delay: 50,
    minDelay: 50,
    maxDelay: 200,
    jitter: false,
  });
  const open = new Map<string, Attached>();
  const closes: number[] = [];
  socket.on('close', ({ event }: { event: { code: number } }) => closes.push(event.code));
  const device: Device = {
    socket,
    closes,
    attach: async (name, { doc = new Y.Doc(), awareness = false, timeoutMs } = {}) => {
      const attached = attach(socket, name, person?.session ?? '', doc, awareness);
      open.set(name, attached);
      await until(
        `${name} to be synced`,
        () => attached.refused !== undefined || attached.provider.isSynced,
        timeoutMs,
      );
      return attached;
    },
    page: async (roomId) => {
      const name = roomDocumentName(roomId);
      const { doc } = open.get(name) ?? (await device.attach(name));
      const head = doc.getMap('meta').get('head') ?? 0;
      return device.attach(pageDocumentName(roomId, Number(head)));
    },
    close: () => {
      for (const { provider } of open.values()) provider.destroy();
      socket.destroy();
      devices.delete(device);
    },
  };
  return device;
}

function attach(
  socket: HocuspocusProviderWebsocket,
  name: string,
  token: string,
  doc: Y.Doc,
  awareness: boolean,
): Attached {
  const provider = new HocuspocusProvider({
    websocketProvider: socket,
    name,
    token,
    document: doc,
    ...(awareness ? {} : { awareness: null }),
  });
  const attached: Attached = {
    provider,
    doc,
    said: [],
    closed: [],
    refused: undefined,
    updates: [],
  };
  provider.on('stateless', ({ payload }: { payload: string }) => {
    const message = parseServerMessage(payload);
    if (message !== undefined) attached.said.push(message);
  });
  provider.on('close', ({ event }: { event: { reason: string } }) => {
    attached.closed.push(event.reason);
  });
  provider.on('authenticationFailed', ({ reason }: { reason: string }) => {
    attached.refused = reason;
  });
  doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin === provider) attached.updates.push(update);
  });
  provider.attach();
  return attached;
}

/** Waits for a condition; the deadline only turns a hang into a failure. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 20_000,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`timed out waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Writes a message straight into a document, as any Yjs client may. */
export function post(doc: Y.Doc, by: Person, text: string, id = newMessageId()): MessageId {
  doc.getMap('messages').set(id, { by: by.id, at: Date.now(), text });
  return id;
}

export function newMessageId(): MessageId {
  return MessageId.parse(uuidv7());
}

export function ordered(doc: Y.Doc): MessageId[] {
  return readOrder(doc).map(([id]) => id);
}
