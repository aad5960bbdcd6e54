import { parseDocumentName } from '@skerry/protocol/documentName.ts';
import type { UserId } from '@skerry/protocol/ids.ts';
import type { RefusalCode } from '@skerry/protocol/refusals.ts';
import type { ClientMessage, ServerMessage } from '@skerry/protocol/stateless.ts';
import { USER_ROOTS } from '@skerry/protocol/user/userDoc.ts';
import * as Y from 'yjs';
import { isAheadOfOthers, type OpenDocument } from '../../../sync-server/test/roomNodes.ts';

type Up = { document: string } &
  /** `attachment`: the same document may be attached again before all that was said to it has arrived. */
  (
    | { type: 'hello'; stateVector: Uint8Array; attachment?: object }
    | { type: 'bye' }
    | { type: 'update' | 'sync-step-2'; update: Uint8Array }
    | { type: 'stateless'; message: ClientMessage }
  );
type Down = { document: string; attachment: object | undefined } & (
  | { type: 'synced'; update: Uint8Array; stateVector: Uint8Array }
  | { type: 'asked'; stateVector: Uint8Array }
  | { type: 'update'; update: Uint8Array }
  | { type: 'denied'; code: RefusalCode }
  | { type: 'stateless'; message: ServerMessage }
);

type Hello = Extract<Up, { type: 'hello' }>;

/** A live document with its lane, as it is now. */
export interface Served {
  readonly doc: Y.Doc;
  readonly lane: OpenDocument['lane'];
}

export interface PipeServer {
  open: (document: string, userId: UserId) => Promise<Served | RefusalCode>;
  /** What a person is told on their user document: when it is attached, and when their marks changed. */
  tellReading?: (about: 'summary' | 'unread', userId: UserId) => Promise<ServerMessage>;
}

export interface PipeEnd {
  /** Absent: documents are attached once. */
  isGone?: (document: string, attachment: object | undefined) => boolean;
  receive: (document: string, update: Uint8Array) => void;
  synced: (document: string) => void;
  /** The server wants what it lacks. */
  asked: (document: string, stateVector: Uint8Array) => void;
  denied: (document: string, code: RefusalCode) => void;
  hear: (document: string, message: ServerMessage) => void;
}

/** One connection: two queues of frames that move only when told to, and die with the connection. */
export interface Pipe {
  isOpen: () => boolean;
  send: (frame: Up) => void;
  /** The server handles the next frame and waits for its verdict, as Hocuspocus does per connection. */
  moveUp: () => Promise<boolean>;
  /** The client handles the next frame. */
  moveDown: () => Promise<boolean>;
  /** What is under way to the client is lost. `late`: what is under way to the server still arrives. */
  cut: (late: boolean) => void;
}

/** Stands in for the sockets and Hocuspocus' wiring around real lanes; nothing else is left out. */
export function connectPipe(server: PipeServer, userId: UserId, end: PipeEnd): Pipe {
  const up: Up[] = [];
  const down: Down[] = [];
  const attached = new Map<
    string,
    { served: Served; attachment: object | undefined; detach: () => void }
  >();
  /** A user document whose marks changed. */
  let marksOf: string | undefined;
  let isOpen = true;

  const say = (document: string, message: ServerMessage): void => {
    const attachment = attached.get(document)?.attachment;
    if (isOpen) down.push({ document, attachment, type: 'stateless', message });
  };
  const attach = ({ document, stateVector: theirs, attachment }: Hello, served: Served): void => {
    const { doc } = served;
    const relay = (update: Uint8Array): void => {
      down.push({ document, attachment, type: 'update', update });
    };
    const reads = doc.getMap(USER_ROOTS.reads);
    const notice = (): void => {
      marksOf = document;
    };
    const isUser = parseDocumentName(document)?.kind === 'user';
    doc.on('update', relay);
    if (isUser) reads.observe(notice);
    attached.set(document, {
      served,
      attachment,
      detach: () => {
        doc.off('update', relay);
        if (isUser) reads.unobserve(notice);
      },
    });
    const update = Y.encodeStateAsUpdate(doc, theirs);
    const stateVector = Y.encodeStateVector(doc);
    down.push({ document, attachment, type: 'synced', update, stateVector });
  };
  const greet = async (hello: Hello): Promise<void> => {
    const { document, attachment } = hello;
    const served = await server.open(document, userId);
    if (typeof served === 'string') {
      if (isOpen) down.push({ document, attachment, type: 'denied', code: served });
      return;
    }
    const { lane, doc } = served;
    attached.get(document)?.detach();
    attached.set(document, { served, attachment, detach: () => undefined });
    const theirs = Y.decodeStateVector(hello.stateVector);
    await lane.catchUp();
    if (await isAheadOfOthers(lane, doc, theirs, userId)) say(document, { type: 'rebuild' });
    if (!isOpen) return;
    attach(hello, served);
    if (server.tellReading !== undefined && parseDocumentName(document)?.kind === 'user')
      say(document, await server.tellReading('summary', userId));
  };
  const judge = async (document: string, update: Uint8Array, frame: 'update' | 'sync-step-2') => {
    const found = attached.get(document);
    if (found === undefined) return;
    const { served, attachment } = found;
    const verdict = await served.lane.submit(update, userId, frame);
    if (verdict.kind === 'later') {
      say(document, { type: 'later', delayMs: 1 });
      if (frame === 'sync-step-2' && isOpen)
        down.push({
          ...{ document, attachment, type: 'asked' },
          stateVector: Y.encodeStateVector(served.doc),
        });
    }
    if (verdict.kind === 'rebuild') say(document, { type: 'rebuild' });
    if (verdict.kind !== 'refuse') return;
    if (verdict.hostile !== undefined)
      throw new Error(`an honest device was called hostile: ${verdict.hostile}`);
    const { code, key, client } = verdict;
    say(document, {
      type: 'refused',
      code,
      ...(key === undefined ? {} : { key }),
      ...(client === undefined ? {} : { client }),
    });
  };

  return {
    isOpen: () => isOpen,
    send: (frame) => {
      if (isOpen) up.push(frame);
    },
    moveUp: async () => {
      const frame = up.shift();
      if (frame === undefined) return false;
      const { document } = frame;
      if (frame.type === 'hello') await greet(frame);
      else if (frame.type === 'bye') {
        attached.get(document)?.detach();
        attached.delete(document);
      } else if (frame.type !== 'stateless') await judge(document, frame.update, frame.type);
      else if (frame.message.type === 'barrier' && attached.has(document))
        say(document, frame.message);
      return true;
    },
    moveDown: async () => {
      if (marksOf !== undefined && server.tellReading !== undefined) {
        const document = marksOf;
        marksOf = undefined;
        say(document, await server.tellReading('unread', userId));
      }
      const frame = isOpen ? down.shift() : undefined;
      if (frame === undefined) return false;
      const { document, attachment } = frame;
      // One for an attachment that is gone.
      if (end.isGone?.(document, attachment) === true) return true;
      if (frame.type === 'stateless') end.hear(document, frame.message);
      else if (frame.type === 'denied') end.denied(document, frame.code);
      else if (frame.type === 'asked') end.asked(document, frame.stateVector);
      else end.receive(document, frame.update);
      if (frame.type === 'synced') {
        end.synced(document);
        end.asked(document, frame.stateVector);
      }
      return true;
    },
    cut: (late) => {
      isOpen = false;
      for (const { detach } of attached.values()) detach();
      down.length = 0;
      if (!late) up.length = 0;
    },
  };
}
