import type { MessageId } from '@skerry/protocol/ids.ts';
import { useState } from 'react';
import { useSkerry } from '../../session/SkerryContext.ts';
import type { ListedMessage, OpenRoom } from '../../sync/views.ts';
import { t } from '../../text/text.ts';
import { copyText } from '../../ui/copyText.ts';
import type { MessageAct } from './message/messageActs.ts';

interface Edit {
  id: MessageId;
  /** The words before. */
  text: string;
  save: (text: string) => Promise<void>;
}

/** Does what a message's menu offers; editing and deleting for everybody ask on screen first. */
export function useMessageActs(room: OpenRoom, showNotice: (text: string) => void) {
  const skerry = useSkerry();
  const [editing, setEditing] = useState<Edit>();
  const [deleting, setDeleting] = useState<MessageId>();

  function attempt(work: Promise<unknown>): void {
    work.catch(() => {
      showNotice(t('conversation.actFailed'));
    });
  }

  async function copy(text: string, done: string): Promise<void> {
    showNotice((await copyText(text)) ? done : t('conversation.copyFailed'));
  }

  async function markUnread(number: number): Promise<void> {
    await room.markUnread(number);
    showNotice(t('conversation.markedUnread'));
  }

  function act(kind: MessageAct, { id, content, delivery, number }: ListedMessage): void {
    const opId = delivery?.state === 'refused' ? delivery.opId : undefined;
    // The message may be gone by now; what was refused is still here.
    const refused = skerry.tray.get().find((operation) => operation.opId === opId);
    const text = content.kind === 'text' ? content.text : (refused?.text ?? '');
    switch (kind) {
      case 'copy':
        void copy(text, t('conversation.copied'));
        break;
      case 'copyLink':
        void copy(`${roomLink(room)}#${id}`, t('conversation.linkCopied'));
        break;
      case 'markUnread':
        if (number !== undefined) attempt(markUnread(number));
        break;
      case 'edit':
        beginEdit(id, text);
        break;
      case 'retry':
        if (opId !== undefined) attempt(skerry.retry(opId));
        break;
      case 'discard':
        if (opId !== undefined) attempt(skerry.discard(opId));
        break;
      case 'delete':
        setDeleting(id);
        break;
      case 'deleteUnsent':
        attempt(room.remove(id));
        break;
      default:
        kind satisfies never;
    }
  }

  function beginEdit(id: MessageId, text: string): void {
    setEditing({ id, text, save: room.edit(id) });
  }

  function editLast(): void {
    const last = room.messages.get().findLast(({ mine, content, delivery }) => {
      return mine && content.kind === 'text' && delivery?.state !== 'refused';
    });
    if (last?.content.kind === 'text') beginEdit(last.id, last.content.text);
  }

  return {
    act,
    editLast,
    editing,
    saveEdit: async (text: string) => {
      await editing?.save(text);
      setEditing(undefined);
    },
    endEdit: () => {
      setEditing(undefined);
    },
    deleting,
    confirmDelete: () => {
      if (deleting !== undefined) attempt(room.remove(deleting));
      setDeleting(undefined);
    },
    cancelDelete: () => {
      setDeleting(undefined);
    },
    copyRoomLink: () => {
      void copy(roomLink(room), t('conversation.linkCopied'));
    },
  };
}

function roomLink({ id }: Pick<OpenRoom, 'id'>): string {
  return `${window.location.origin}/room/${id}`;
}
