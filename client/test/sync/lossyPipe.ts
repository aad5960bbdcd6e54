import type { UserId } from '@skerry/protocol/ids.ts';
import type { ClientMessage, ServerMessage } from '@skerry/protocol/stateless.ts';
import * as Y from 'yjs';
import type { PageLane } from '../../../sync-server/test/pageLane.ts';

type Up =
  | { type: 'hello'; stateVector: Uint8Array }
  | { type: 'update'; update: Uint8Array }
  | { type: 'stateless'; message: ClientMessage };
type Down =
  | { type: 'synced'; update: Uint8Array }
  | { type: 'update'; update: Uint8Array }
  | { type: 'stateless'; message: ServerMessage };

export interface PipeEnd {
  receive: (update: Uint8Array) => void;
  synced: () => void;
  hear: (message: ServerMessage) => void;
}

/** One connection: two queues of frames that move only when told to, and die with the connection. */
export interface Pipe {
  isOpen: () => boolean;
  send: (frame: Up) => void;
  /** The server handles the next frame and waits for its verdict, as Hocuspocus does per connection. */
  moveUp: () => Promise<boolean>;
  /** The client handles the next frame. */
  moveDown: () => boolean;
  /** What is under way to the client is lost. `late`: what is under way to the server still arrives. */
  cut: (late: boolean) => void;
}

/** Stands in for the sockets and Hocuspocus' wiring around a real lane; nothing else is left out. */
export function connectPipe(page: PageLane, userId: UserId, end: PipeEnd): Pipe {
  const up: Up[] = [];
  const down: Down[] = [];
  const { doc } = page;
  let isOpen = true;
  let isAttached = false;

  const relay = (update: Uint8Array): void => {
    if (isOpen && isAttached) down.push({ type: 'update', update });
  };
  doc.on('update', relay);
  const say = (message: ServerMessage): void => {
    if (isOpen) down.push({ type: 'stateless', message });
  };
  const judge = async (update: Uint8Array): Promise<void> => {
    const verdict = await page.lane.submit(update, userId, 'update');
    if (verdict.kind === 'later') say({ type: 'later', delayMs: 1 });
    if (verdict.kind === 'rebuild') say({ type: 'rebuild' });
    if (verdict.kind !== 'refuse') return;
    if (verdict.hostile !== undefined)
      throw new Error(`an honest device was called hostile: ${verdict.hostile}`);
    const { code, key, client } = verdict;
    say({
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
      if (frame.type === 'update') await judge(frame.update);
      else if (frame.type === 'stateless') {
        if (frame.message.type === 'barrier') say(frame.message);
      } else {
        isAttached = true;
        if (isOpen)
          down.push({ type: 'synced', update: Y.encodeStateAsUpdate(doc, frame.stateVector) });
      }
      return true;
    },
    moveDown: () => {
      const frame = isOpen ? down.shift() : undefined;
      if (frame === undefined) return false;
      if (frame.type === 'stateless') end.hear(frame.message);
      else end.receive(frame.update);
      if (frame.type === 'synced') end.synced();
      return true;
    },
    cut: (late) => {
      isOpen = false;
      doc.off('update', relay);
      down.length = 0;
      if (!late) up.length = 0;
    },
  };
}
