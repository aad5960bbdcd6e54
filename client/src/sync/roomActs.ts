import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import { MessageId, type EpochMs } from '@skerry/protocol/ids.ts';
import {
  editedRecord,
  isTombstone,
  newMessageRecord,
  readMessageRecord,
  tombstoneOf,
  type WrittenRecord,
} from '@skerry/protocol/page/messageRecord.ts';
import { messagesOf } from '@skerry/protocol/page/pageDoc.ts';
import { v4, v7 } from 'uuid';
import { messagesIn } from './operation.ts';
import { addOperation, type NewOperation, type Outbox } from './outbox.ts';
import type { RoomPages } from './roomPages.ts';
import type { OpenRoom, Person } from './views.ts';

interface Deps {
  me: Person;
  outbox: Outbox;
  pages: Pick<RoomPages, 'find' | 'head'>;
  /** The room as it is known now. */
  about: () => NewOperation['room'];
  now: () => EpochMs;
}

/** What I do in a room: each becomes an operation in the outbox, nothing else. */
export function createRoomActs(deps: Deps): Pick<OpenRoom, 'post' | 'edit' | 'remove'> {
  const { me, outbox, pages, about, now } = deps;
  const target = (page: number): NewOperation['target'] => ({
    document: pageDocumentName(about().id, page),
  });
  const add = async (operation: Pick<NewOperation, 'kind' | 'messageId' | 'value' | 'target'>) => {
    await outbox.change(addOperation({ opId: v4(), at: now(), room: about(), ...operation }));
  };

  /** My message as it is now, with what I did to it since, and the page it is on. */
  const findMine = (
    messageId: MessageId,
    view = pages.find(messageId),
  ): { record: WrittenRecord; target: NewOperation['target'] } => {
    const { outbox: unsent, tray } = outbox.rows.get();
    const own =
      messagesIn(unsent).findLast((row) => row.messageId === messageId) ??
      tray.find((row) => row.messageId === messageId && row.kind === 'post');
    const stored = view && readMessageRecord(messagesOf(view.doc).get(messageId));
    const record = own?.value ?? stored;
    const where = own?.target ?? (view && target(view.page));
    if (record === undefined || where === undefined || isTombstone(record) || record.by !== me.id) {
      throw new Error('only an own message that is still there can be changed');
    }
    return { record, target: where };
  };

  return {
    post: async (text) => {
      const messageId = MessageId.parse(v7());
      const value = newMessageRecord(me.id, now(), text);
      await add({ kind: 'post', messageId, value, target: target(pages.head() ?? 0) });
      return messageId;
    },
    edit: (messageId) => {
      // Its page may be let go while the person writes.
      const view = pages.find(messageId);
      return async (text) => {
        const mine = findMine(messageId, pages.find(messageId) ?? view);
        const value = editedRecord(mine.record, text, now());
        await add({ kind: 'edit', messageId, value, target: mine.target });
      };
    },
    remove: async (messageId) => {
      const mine = findMine(messageId);
      const value = tombstoneOf(mine.record);
      await add({ kind: 'delete', messageId, value, target: mine.target });
    },
  };
}
