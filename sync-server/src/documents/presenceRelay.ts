import type { Document, Extension, afterLoadDocumentPayload } from '@hocuspocus/server';
import { isTransactionOrigin } from '@hocuspocus/server';
import { parseDocumentName, roomDocumentName } from '@skerry/protocol/documentName.ts';
import type { RoomId } from '@skerry/protocol/ids.ts';
import { parsePresence } from '@skerry/protocol/presence/presence.ts';
import * as encoding from 'lib0/encoding';
import { applyAwarenessUpdate } from 'y-protocols/awareness';
import type { Bus } from '../platform/bus/bus.ts';
import type { Presence } from '../platform/bus/nodeMessage.ts';
import type { SyncContext } from './syncSocket.ts';

/** Origin of what other processes said: it is not said again. */
const ANOTHER_NODE = { source: 'another node' } as const;

interface Changed {
  added: number[];
  updated: number[];
  removed: number[];
}

/** Presence of rooms that people have open in several processes. */
export interface PresenceRelay {
  extension: Extension<SyncContext>;
  /** What another process says about clients that are connected to it. */
  apply: (roomId: RoomId, states: readonly Presence[]) => void;
  /** Says who is here, in this process, to whoever asked. */
  answer: (roomIds: readonly RoomId[]) => void;
  /** Asks the others who is here in all rooms that are open in this process. */
  askAll: () => void;
}

/**
 * Tells the others of clients that are connected here, and of nobody else: who is in another process is that
 * one's business. What a process leaves behind when it dies times out after 30 s (y-protocols).
 */
export function createPresenceRelay(
  bus: Bus,
  documents: () => ReadonlyMap<string, Document>,
): PresenceRelay {
  /** Clients that are connected here, as the others were told. */
  const here = new WeakMap<Document, Set<number>>();
  const find = (roomId: RoomId) => {
    const document = documents().get(roomDocumentName(roomId));
    return { document, clients: document === undefined ? undefined : here.get(document) };
  };
  return {
    extension: {
      afterLoadDocument: ({ document }: afterLoadDocumentPayload<SyncContext>) => {
        const name = parseDocumentName(document.name);
        if (name?.kind !== 'room') return Promise.resolve();
        const clients = new Set<number>();
        here.set(document, clients);
        tellChanges(bus, name.roomId, document, clients);
        bus.publish({ type: 'who-is-here', roomIds: [name.roomId] });
        return Promise.resolve();
      },
    },
    apply: (roomId, states) => {
      const { document, clients } = find(roomId);
      if (document === undefined || clients === undefined) return;
      const others = states.filter(([client]) => !clients.has(client));
      applyAwarenessUpdate(document.awareness, encode(others), ANOTHER_NODE);
    },
    answer: (roomIds) => {
      for (const roomId of roomIds) {
        const { document, clients } = find(roomId);
        if (document === undefined || clients === undefined || clients.size === 0) continue;
        bus.publish({ type: 'presence', roomId, states: read(document, [...clients]) });
      }
    },
    askAll: () => {
      const roomIds = [...documents().keys()].flatMap((name) => {
        const parsed = parseDocumentName(name);
        return parsed?.kind === 'room' ? [parsed.roomId] : [];
      });
      if (roomIds.length > 0) bus.publish({ type: 'who-is-here', roomIds });
    },
  };
}

function tellChanges(bus: Bus, roomId: RoomId, document: Document, here: Set<number>): void {
  const { awareness } = document;
  awareness.on('update', ({ added, updated, removed }: Changed, origin: unknown) => {
    // A connection that ends takes its clients with it under no origin, a time-out under another one.
    const isOwn = isTransactionOrigin(origin) && origin.source === 'connection';
    const present = isOwn ? [...added, ...updated] : [];
    const left = removed.filter((client) => here.has(client));
    for (const client of present) here.add(client);
    for (const client of left) here.delete(client);
    const states = read(document, [...present, ...left]);
    if (states.length > 0) bus.publish({ type: 'presence', roomId, states });
    // One that comes back, here or elsewhere, is a new one: Hocuspocus counts only new ones as a connection's
    // own, and would leave it behind when the connection ends.
    queueMicrotask(() => {
      for (const client of removed)
        if (!awareness.states.has(client)) awareness.meta.delete(client);
    });
  });
}

function read({ awareness }: Document, clients: readonly number[]): Presence[] {
  return clients.map((client) => [
    client,
    awareness.meta.get(client)?.clock ?? 0,
    parsePresence(awareness.states.get(client)) ?? null,
  ]);
}

/** y-protocols: a count, then client id, clock and JSON state of each. */
function encode(states: readonly Presence[]): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, states.length);
  for (const [client, clock, state] of states) {
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, JSON.stringify(state));
  }
  return encoding.toUint8Array(encoder);
}
