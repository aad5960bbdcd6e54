import type {
  Connection,
  Extension,
  beforeHandleAwarenessPayload,
  beforeHandleMessagePayload,
  connectedPayload,
  Document,
  onDisconnectPayload,
} from '@hocuspocus/server';
import { MAX_AWARENESS_BYTES } from '@skerry/protocol/limits.ts';
import type { PresenceState } from '@skerry/protocol/presence/presence.ts';
import * as decoding from 'lib0/decoding';
import { removeAwarenessStates } from 'y-protocols/awareness';
import type { Identity } from '../accounts/identity.ts';
import type { Crowd } from './crowd.ts';
import { MESSAGE_TYPES } from './frameHead.ts';
import type { SyncContext } from './syncSocket.ts';

/** What one awareness frame says: client ids with a state and its clock, and those whose state ends. */
interface Announced {
  present: Map<number, number>;
  left: number[];
}

/**
 * Presence on room documents: each state is made anew from the session, so that nobody speaks for anybody
 * else. Elsewhere awareness is dropped. Hocuspocus 4.7 adds a phantom id of its own to every frame and loses
 * the removals (notes 1.5): both are read from the raw frame.
 */
export function createAwareness(
  crowdOf: (document: Document) => Crowd | undefined,
): Extension<SyncContext> {
  const announced = new WeakMap<Connection, Announced>();
  return {
    connected: ({ connection }: connectedPayload<SyncContext>) => {
      crowdOf(connection.document)?.greet(connection);
      return Promise.resolve();
    },
    onDisconnect: ({ document }: onDisconnectPayload<SyncContext>) => {
      crowdOf(document)?.noteLeft();
      return Promise.resolve();
    },
    beforeHandleMessage: (payload: beforeHandleMessagePayload<SyncContext>) => {
      const { connection, document, update } = payload;
      announced.delete(connection);
      const frame = readAwarenessFrame(update);
      const crowd = crowdOf(document);
      if (frame === undefined || crowd === undefined) return Promise.resolve();
      announced.set(connection, frame);
      const own = document.getClients(connection);
      const left = frame.left.filter((client) => own.has(client));
      removeAwarenessStates(document.awareness, left, { source: 'connection', connection });
      for (const client of left) crowd.leave(client);
      return Promise.resolve();
    },
    beforeHandleAwareness: (payload: beforeHandleAwarenessPayload<SyncContext>) => {
      const { states, connection, context, document } = payload;
      const frame = connection === undefined ? undefined : announced.get(connection);
      const identity = context?.identity;
      const crowd = crowdOf(document);
      if (connection === undefined || frame === undefined || identity === undefined || !crowd) {
        states.clear();
        return Promise.resolve();
      }
      const own = document.getClients(connection);
      for (const [client, state] of [...states]) {
        const isFree = !document.awareness.states.has(client) && !crowd.isTaken(client);
        const isOwn = own.size === 0 ? isFree : own.has(client);
        if (isOwn && frame.present.has(client)) states.set(client, presenceOf(identity, state));
        else states.delete(client);
      }
      keepOne(states);
      for (const [client, state] of states as Map<number, PresenceState>) {
        own.add(client);
        const clock = frame.present.get(client) ?? 0;
        // In a large room it goes out with the next round.
        if (crowd.note(client, { connection, clock, state })) states.delete(client);
      }
      return Promise.resolve();
    },
  };
}

function presenceOf(identity: Identity, state: Record<string, unknown>): PresenceState {
  const { userId: id, displayName: name, avatar } = identity;
  return { user: { id, name, avatar }, ...(state['typing'] === true ? { typing: true } : {}) };
}

/** A connection is present once. */
function keepOne(states: Map<number, unknown>): void {
  const [, ...more] = [...states.keys()];
  for (const client of more) states.delete(client);
}

/** Undefined: no awareness, too large, or malformed (then Hocuspocus closes the document). */
function readAwarenessFrame(raw: Uint8Array): Announced | undefined {
  try {
    const decoder = decoding.createDecoder(raw);
    decoding.readVarString(decoder);
    if (decoding.readVarUint(decoder) !== MESSAGE_TYPES.awareness) return undefined;
    const update = decoding.readVarUint8Array(decoder);
    if (update.length > MAX_AWARENESS_BYTES) return undefined;
    return readAwarenessUpdate(update);
  } catch {
    return undefined; // lib0 throws on truncated input
  }
}

/** y-protocols: a count, then client id, clock and JSON state of each. */
function readAwarenessUpdate(update: Uint8Array): Announced {
  const decoder = decoding.createDecoder(update);
  const announced: Announced = { present: new Map(), left: [] };
  const count = decoding.readVarUint(decoder);
  for (let i = 0; i < count; i++) {
    const client = decoding.readVarUint(decoder);
    const clock = decoding.readVarUint(decoder);
    if (decoding.readVarString(decoder) === 'null') announced.left.push(client);
    else announced.present.set(client, clock);
  }
  return announced;
}
