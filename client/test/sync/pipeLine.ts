import type { UserId } from '@skerry/protocol/ids.ts';
import { userDocumentName } from '@skerry/protocol/documentName.ts';
import * as Y from 'yjs';
import type { Line } from '../../src/sync/connection.ts';
import type { LinkHandlers } from '../../src/sync/link.ts';
import { createCell, createSignal } from '../../src/sync/readable.ts';
import type { ConnectionState } from '../../src/sync/views.ts';
import { connectPipe, type Pipe, type PipeServer } from './lossyPipe.ts';

interface Attachment {
  name: string;
  doc: Y.Doc;
  origin: object;
  handlers: LinkHandlers;
  isReady: boolean;
}

/** The client's way to the server over a pipe that moves only when told to. */
export interface PipeLine {
  line: Line;
  connect: (server: PipeServer) => void;
  pipe: () => Pipe | undefined;
  /** Returns the dead pipe when it still carries frames to the server. */
  cut: (late: boolean) => Pipe | undefined;
  /** What this device has of the documents that are attached. */
  copies: () => Map<string, Uint8Array>;
}

/** `kept`: what a life before this one left on disk. */
export function createPipeLine(userId: UserId, kept: Map<string, Uint8Array>): PipeLine {
  const attachments = new Map<string, Attachment>();
  const state = createCell<ConnectionState>('connecting');
  const reached = createSignal();
  const userDocument = userDocumentName(userId);
  let pipe: Pipe | undefined;

  const greet = (attachment: Attachment): void => {
    const { name, doc, isReady } = attachment;
    const stateVector = Y.encodeStateVector(doc);
    if (isReady) pipe?.send({ document: name, type: 'hello', stateVector, attachment });
  };
  const attach = (name: string, doc: Y.Doc, handlers: LinkHandlers): Attachment => {
    const made: Attachment = { name, doc, handlers, origin: { from: name }, isReady: false };
    attachments.set(name, made);
    // Read once: a copy that is thrown away meanwhile does not come back.
    const copy = kept.get(name);
    kept.delete(name);
    // The document learns only now where its updates come from.
    queueMicrotask(() => {
      if (attachments.get(name) !== made) return;
      if (copy !== undefined) Y.applyUpdate(doc, copy, made.origin);
      made.isReady = true;
      greet(made);
    });
    return made;
  };
  return {
    line: {
      state,
      reached,
      attach: (name, doc, handlers) => {
        const made = attach(name, doc, handlers);
        return {
          origin: made.origin,
          awareness: null,
          sendUpdate: (update) => pipe?.send({ document: name, type: 'update', update }),
          sendStateless: (message) => {
            pipe?.send({ document: name, type: 'stateless', message });
            return pipe !== undefined;
          },
          close: () => {
            if (attachments.get(name) !== made) return;
            attachments.delete(name);
            pipe?.send({ document: name, type: 'bye' });
          },
        };
      },
      refused: () => undefined,
      reconnect: () => undefined,
      close: () => undefined,
    },
    connect: (server) => {
      pipe = connectPipe(server, userId, {
        isGone: (name, attachment) => attachments.get(name) !== attachment,
        receive: (name, update) => {
          const to = attachments.get(name);
          if (to !== undefined) Y.applyUpdate(to.doc, update, to.origin);
        },
        synced: (name) => {
          if (name === userDocument) {
            state.set('online');
            reached.fire();
          }
          attachments.get(name)?.handlers.onSynced();
        },
        asked: (name, theirs) => {
          const asked = attachments.get(name);
          if (asked === undefined) return;
          const update = Y.encodeStateAsUpdate(asked.doc, theirs);
          pipe?.send({ document: name, type: 'sync-step-2', update });
        },
        denied: (name, code) => {
          const denied = attachments.get(name);
          attachments.delete(name);
          denied?.handlers.onDenied(code);
        },
        hear: (name, message) => {
          attachments.get(name)?.handlers.onMessage(message);
        },
      });
      for (const one of attachments.values()) greet(one);
    },
    pipe: () => pipe,
    cut: (late) => {
      const dead = pipe;
      if (dead === undefined) return undefined;
      pipe = undefined;
      dead.cut(late);
      state.set('offline');
      for (const { handlers } of [...attachments.values()]) handlers.onClosed();
      return late ? dead : undefined;
    },
    copies: () =>
      new Map([...attachments].map(([name, { doc }]) => [name, Y.encodeStateAsUpdate(doc)])),
  };
}
