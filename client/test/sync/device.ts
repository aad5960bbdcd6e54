import { definePage } from '@skerry/protocol/page/pageDoc.ts';
import type { MessageId, UserId } from '@skerry/protocol/ids.ts';
import {
  editedRecord,
  newMessageRecord,
  tombstoneOf,
} from '@skerry/protocol/page/messageRecord.ts';
import { v7 } from 'uuid';
import * as Y from 'yjs';
import type { PageLane } from '../../../sync-server/test/pageLane.ts';
import { messageList } from '../../src/sync/messageList.ts';
import {
  addOperation,
  createOutbox,
  type NewOperation,
  type Outbox,
} from '../../src/sync/outbox.ts';
import { DocumentSender } from '../../src/sync/sender.ts';
import { sendingDocuments } from '../../src/sync/sendQueue.ts';
import { StoredDocument } from '../../src/sync/storedDocument.ts';
import type { ListedMessage } from '../../src/sync/views.ts';
import { createDisk, type Disk } from './disk.ts';
import { connectPipe, type Pipe } from './lossyPipe.ts';

const PIPE = { from: 'the pipe' };
const DISK = { from: 'the disk' };

/** One browser: the shipped outbox, fork, sender, stored document and message list over a pipe. */
export interface Device {
  userId: UserId;
  list: () => readonly ListedMessage[];
  outbox: () => Outbox;
  post: (text: string) => MessageId;
  edit: (message: ListedMessage, text: string) => void;
  remove: (message: ListedMessage) => void;
  /** This message was never given to the line. */
  hasNotLeft: (id: MessageId) => boolean;
  disk: Disk;
  connect: () => void;
  pipe: () => Pipe | undefined;
  cut: (late: boolean) => void;
  /** The process ends and starts again; the outbox stays, the stored document perhaps. */
  restart: (keepStored: boolean) => Promise<void>;
  /** Frames that a dead connection still carries to the server. */
  moveLate: () => Promise<boolean>;
  /** Runs what waits for time to pass. */
  runTimers: () => boolean;
  close: () => Promise<void>;
}

export async function openDevice(page: PageLane, userId: UserId): Promise<Device> {
  const disk = createDisk();
  const late: Pipe[] = [];
  let life = await begin(undefined);

  async function begin(stored: Uint8Array | undefined) {
    const timers = new Set<() => void>();
    const outbox = createOutbox(disk.store, () => undefined);
    const document = new StoredDocument({
      name: page.name,
      databaseName: undefined,
      define: definePage,
      mayWrite: true,
      guarded: true,
    });
    for (const origin of [PIPE, DISK]) document.receiveFrom(origin);
    if (stored !== undefined) Y.applyUpdate(document.doc, stored, DISK);
    let pipe: Pipe | undefined;
    const sender = new DocumentSender({
      document: page.name,
      outbox,
      stored: () => document.doc,
      wire: {
        sendUpdate: (update) => pipe?.send({ document: page.name, type: 'update', update }),
        sendStateless: (message) => pipe?.send({ document: page.name, type: 'stateless', message }),
      },
      next: () =>
        sendingDocuments(
          outbox.rows.get(),
          () => 0,
          () => undefined,
        ).get(page.name) ?? [],
      now: Date.now,
      schedule: (_delayMs, run) => {
        timers.add(run);
        return () => timers.delete(run);
      },
      onRefused: () => undefined,
    });
    document.changed.subscribe(() => {
      sender.drain();
    });
    outbox.rows.subscribe(() => {
      sender.drain();
    });
    await outbox.reload();
    return {
      timers,
      outbox,
      document,
      sender,
      pipe: () => pipe,
      connect: () => {
        const server = { open: () => Promise.resolve(page) };
        pipe = connectPipe(server, userId, {
          receive: (_document, update) => {
            Y.applyUpdate(document.doc, update, PIPE);
          },
          synced: () => void sender.opened(),
          asked: (_document, theirs) => {
            const update = Y.encodeStateAsUpdate(document.doc, theirs);
            pipe?.send({ document: page.name, type: 'sync-step-2', update });
          },
          denied: (_document, code) => {
            throw new Error(`an honest device was denied its page: ${code}`);
          },
          hear: (_document, message) => {
            if (message.type === 'rebuild')
              throw new Error('an honest device was asked to rebuild');
            sender.received(message);
          },
        });
        const stateVector = Y.encodeStateVector(document.doc);
        pipe.send({ document: page.name, type: 'hello', stateVector });
      },
      cut: (isLate: boolean) => {
        if (pipe === undefined) return;
        pipe.cut(isLate);
        if (isLate) late.push(pipe);
        pipe = undefined;
        sender.closed();
      },
    };
  }

  const add = (operation: Pick<NewOperation, 'kind' | 'messageId' | 'value'>): void => {
    void life.outbox.change(
      addOperation({
        opId: v7(),
        at: Date.now(),
        target: { document: page.name },
        room: { id: page.roomId, kind: 'public', name: 'General' },
        ...operation,
      }),
    );
  };
  const deps = { me: { id: userId, name: '', avatar: '' }, members: new Map() };
  return {
    userId,
    list: () => {
      const view = { page: 0, doc: life.document.doc };
      return messageList(deps, [view], life.outbox.rows.get()).messages;
    },
    outbox: () => life.outbox,
    post: (text) => {
      const messageId = v7() as MessageId;
      add({ kind: 'post', messageId, value: newMessageRecord(userId, Date.now(), text) });
      return messageId;
    },
    edit: ({ id: messageId, at, content }, text) => {
      if (content.kind !== 'text') throw new Error('only text can be edited');
      const record = newMessageRecord(userId, at, content.text);
      add({ kind: 'edit', messageId, value: editedRecord(record, text, Date.now()) });
    },
    remove: ({ id: messageId, at }) => {
      add({
        kind: 'delete',
        messageId,
        value: tombstoneOf(newMessageRecord(userId, at, '')),
      });
    },
    hasNotLeft: (id) => {
      const post = disk.rows().outbox.find((row) => row.kind === 'post' && row.messageId === id);
      return post !== undefined && !disk.left.has(post.opId);
    },
    disk,
    connect: () => {
      life.connect();
    },
    pipe: () => life.pipe(),
    cut: (isLate) => {
      life.cut(isLate);
    },
    restart: async (keepStored) => {
      life.cut(false);
      await disk.crash();
      const kept = keepStored ? Y.encodeStateAsUpdate(life.document.doc) : undefined;
      await life.document.close();
      life = await begin(kept);
    },
    moveLate: async () => {
      const [first] = late;
      if (first === undefined) return false;
      if (await first.moveUp()) return true;
      late.shift();
      return true;
    },
    runTimers: () => {
      const due = [...life.timers];
      life.timers.clear();
      for (const run of due) run();
      return due.length > 0;
    },
    close: async () => {
      life.cut(false);
      await life.document.close();
    },
  };
}
