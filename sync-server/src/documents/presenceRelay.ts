import type { Document, Extension, afterLoadDocumentPayload } from '@hocuspocus/server';
import { parseDocumentName, roomDocumentName } from '@skerry/protocol/documentName.ts';
import type { RoomId } from '@skerry/protocol/ids.ts';
import type { Bus } from '../platform/bus/bus.ts';
import type { Presence } from '../platform/bus/nodeMessage.ts';
import { Crowd } from './crowd.ts';
import type { SyncContext } from './syncSocket.ts';

/** Presence of rooms that people have open in several processes. */
export interface PresenceRelay {
  extension: Extension<SyncContext>;
  /** Who is present in a loaded room; undefined for any other document. */
  crowdOf: (document: Document) => Crowd | undefined;
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
  const crowds = new WeakMap<Document, Crowd>();
  const find = (roomId: RoomId) => {
    const document = documents().get(roomDocumentName(roomId));
    return document && crowds.get(document);
  };
  return {
    extension: {
      afterLoadDocument: ({ document }: afterLoadDocumentPayload<SyncContext>) => {
        const name = parseDocumentName(document.name);
        if (name?.kind !== 'room') return Promise.resolve();
        const { roomId } = name;
        const tell = (states: Presence[]) => {
          bus.publish({ type: 'presence', roomId, states });
        };
        crowds.set(document, new Crowd(document, tell));
        bus.publish({ type: 'who-is-here', roomIds: [roomId] });
        return Promise.resolve();
      },
    },
    crowdOf: (document) => crowds.get(document),
    apply: (roomId, states) => {
      find(roomId)?.hear(states);
    },
    answer: (roomIds) => {
      for (const roomId of roomIds) find(roomId)?.tellAll();
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
