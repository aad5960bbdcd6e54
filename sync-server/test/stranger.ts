import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import type { RoomId, UserId } from '@skerry/protocol/ids.ts';
import type { OrderEntry } from '@skerry/protocol/page/pageDoc.ts';
import * as Y from 'yjs';
import { openHead, readWholeOrder, type Attached, type DevicePage } from './headPage.ts';
import { untilTrue } from './untilTrue.ts';

/** A person with a bearer token, who uses the public interface only. */
export interface Stranger {
  id: UserId;
  handle: string;
  token: string;
}

/** One socket of a stranger's program, with an ordinary provider per document. */
export interface Device {
  attach: (name: string) => Promise<Attached>;
  /** The room's head page, found through its room document; it follows the room to its next ones. */
  openPage: (roomId: RoomId) => Promise<DevicePage>;
  /** The `order` of all pages of the room. */
  readOrder: (roomId: RoomId) => Promise<OrderEntry[]>;
  close: () => void;
}

export const PASSWORD = 'correct horse battery';

/** Signs up and signs in over REST. */
export async function signUpStranger(url: string, handle: string): Promise<Stranger> {
  const body = { handle, email: `${handle}@example.org`, displayName: handle, password: PASSWORD };
  await request(url, 'POST', '/api/accounts', { body, expect: 201 });
  const { user, token } = (await request(url, 'POST', '/api/sessions', {
    body: { login: handle, password: PASSWORD, transport: 'bearer' },
    expect: 201,
  })) as { user: { id: UserId }; token: string };
  return { id: user.id, handle, token };
}

export async function createRoom(url: string, owner: Stranger, name: string): Promise<RoomId> {
  const answer = await request(url, 'POST', '/api/rooms', {
    token: owner.token,
    body: { name, kind: 'public' },
    expect: 201,
  });
  return (answer as { room: { id: RoomId } }).room.id;
}

export async function joinRoom(url: string, person: Stranger, roomId: RoomId): Promise<void> {
  await request(url, 'POST', `/api/rooms/${roomId}/join`, { token: person.token, expect: 200 });
}

export function openDevice(url: string, person: Stranger): Device {
  const socket = new HocuspocusProviderWebsocket({ url: `${url.replace('http', 'ws')}/sync` });
  const providers: HocuspocusProvider[] = [];
  const attach = async (name: string): Promise<Attached> => {
    const doc = new Y.Doc();
    let refused: string | undefined;
    const provider = new HocuspocusProvider({
      name,
      document: doc,
      token: person.token,
      websocketProvider: socket,
      onAuthenticationFailed: ({ reason }) => {
        refused = reason;
      },
    });
    providers.push(provider);
    provider.attach();
    await untilTrue(`sync of ${name}`, () => provider.isSynced || refused !== undefined);
    if (refused !== undefined) throw new Error(`${name} was refused: ${refused}`);
    return { doc, provider };
  };
  return {
    attach,
    openPage: (roomId) => openHead(attach, person.id, roomId),
    readOrder: (roomId) => readWholeOrder(attach, roomId),
    close: () => {
      for (const provider of providers) provider.destroy();
      socket.destroy();
    },
  };
}

async function request(
  url: string,
  method: string,
  path: string,
  options: { token?: string; body?: unknown; expect: number },
): Promise<unknown> {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });
  const text = await response.text();
  if (response.status !== options.expect) {
    throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 300)}`);
  }
  return text === '' ? undefined : JSON.parse(text);
}
