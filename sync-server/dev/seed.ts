import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import type { MessageId, RoomId, UserId } from '@skerry/protocol/ids.ts';
import {
  newMessageRecord,
  readMessageRecord,
  tombstoneOf,
} from '@skerry/protocol/page/messageRecord.ts';
import { messagesOf, orderOf } from '@skerry/protocol/page/pageDoc.ts';
import { v7 as uuidv7 } from 'uuid';
import * as Y from 'yjs';

const PASSWORD = 'skerry-dev';
const LONG_ROOM_MESSAGES = 240;
const STORED_DEADLINE_MS = 30_000;

interface SignedUp {
  id: UserId;
  token: string;
}

/**
 * Ann, Bo and Cy; a long room, an empty one, a deleted message, and Cy who left. Goes through the public
 * interface like anybody. Does nothing on a server that has them.
 */
export async function seed(url: string): Promise<void> {
  const ann = await signUp(url, 'ann', 'Ann');
  if (ann === undefined) return;
  const bo = await signUp(url, 'bo', 'Bo');
  const cy = await signUp(url, 'cy', 'Cy');
  if (bo === undefined || cy === undefined) return;

  const northShore = await createRoom(url, ann, 'north-shore', 'Gauge swap and seabird count');
  await createRoom(url, ann, 'empty-cove', 'Nothing has been said here yet');
  for (const person of [bo, cy]) await join(url, person, northShore);

  const people = [ann, bo, cy];
  const pages = await Promise.all(people.map((person) => openPage(url, person, northShore)));
  for (let i = 0; i < LONG_ROOM_MESSAGES; i++) {
    const who = i % people.length;
    const person = people[who];
    const page = pages[who];
    if (person === undefined || page === undefined) continue;
    page.post(person.id, LINES[i % LINES.length] ?? '');
  }
  const [annsPage, bosPage] = pages;
  const posted = bosPage?.post(bo.id, 'Posted in the wrong room.');
  await Promise.all(pages.map((page) => page.whenStored()));
  if (posted !== undefined) bosPage?.remove(posted);
  await Promise.all([annsPage?.whenStored(), bosPage?.whenStored()]);
  for (const page of pages) page.close();
  await api(url, 'DELETE', `/api/rooms/${northShore}/membership`, cy.token);
}

const LINES = [
  'Night log from the three gauges. `09` needs a battery today.',
  'I can swap it on the way. Is it the 7 Ah type?',
  'Yes, 7 Ah. The bracket differs from 07: mind the **long** bolt.',
  'Two at a time on the rope.',
  'Tide table: https://tides.example/forecast?station=north-shore',
  'قايق دوم آماده است',
  '```\ngauge  level\n07     1.42\n09     1.40\n```',
  '412 nests on plot C.',
];

async function signUp(
  url: string,
  handle: string,
  displayName: string,
): Promise<SignedUp | undefined> {
  const email = `${handle}@example.org`;
  const account = await api(url, 'POST', '/api/accounts', '', {
    handle,
    email,
    displayName,
    password: PASSWORD,
  });
  if (account.status !== 201) return undefined;
  const session = await api(url, 'POST', '/api/sessions', '', {
    login: handle,
    password: PASSWORD,
    transport: 'bearer',
  });
  const { user, token } = session.json as { user: { id: UserId }; token: string };
  return { id: user.id, token };
}

async function createRoom(
  url: string,
  owner: SignedUp,
  name: string,
  topic: string,
): Promise<RoomId> {
  const answer = await api(url, 'POST', '/api/rooms', owner.token, { name, topic, kind: 'public' });
  return (answer.json as { room: { id: RoomId } }).room.id;
}

async function join(url: string, person: SignedUp, roomId: RoomId): Promise<void> {
  await api(url, 'POST', `/api/rooms/${roomId}/join`, person.token);
}

async function openPage(url: string, person: SignedUp, roomId: RoomId) {
  const socket = new HocuspocusProviderWebsocket({ url: `${url.replace('http', 'ws')}/sync` });
  const doc = new Y.Doc();
  const provider = new HocuspocusProvider({
    name: pageDocumentName(roomId, 0),
    document: doc,
    token: person.token,
    websocketProvider: socket,
  });
  provider.attach();
  await new Promise<void>((done) =>
    provider.on('synced', () => {
      done();
    }),
  );
  const messages = messagesOf(doc);
  const written = new Set<MessageId>();
  return {
    post: (by: UserId, text: string): MessageId => {
      const id = uuidv7() as MessageId;
      written.add(id);
      messages.set(id, newMessageRecord(by, Date.now(), text));
      return id;
    },
    remove: (id: MessageId) => {
      const record = readMessageRecord(messages.get(id));
      if (record !== undefined) messages.set(id, tombstoneOf(record));
    },
    whenStored: async () => {
      const deadline = Date.now() + STORED_DEADLINE_MS;
      for (;;) {
        const stored = new Set(
          orderOf(doc)
            .toArray()
            .map(([id]) => id),
        );
        if ([...written].every((id) => stored.has(id)) || Date.now() > deadline) return;
        await new Promise((done) => setTimeout(done, 50));
      }
    },
    close: () => {
      provider.destroy();
      socket.destroy();
    },
  };
}

async function api(url: string, method: string, path: string, token: string, body?: unknown) {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: text === '' ? undefined : (JSON.parse(text) as unknown) };
}
