import { Copy, Link, MailOpen, Pencil, RotateCcw, Trash2, X, type LucideIcon } from 'lucide-react';
import { mayRetry } from '../../../sync/mayRetry.ts';
import type { ListedMessage } from '../../../sync/views.ts';
import { t } from '../../../text/text.ts';

export type MessageAct =
  'copy' | 'copyLink' | 'markUnread' | 'edit' | 'retry' | 'discard' | 'delete' | 'deleteUnsent';

export interface OfferedAct {
  act: MessageAct;
  label: string;
  icon: LucideIcon;
  danger: boolean;
}

/** What can be done with a message, the destructive one last. */
export function actsFor(message: ListedMessage): OfferedAct[] {
  return kindsFor(message).map((act) => ({ act, ...looks(act) }));
}

function kindsFor({ content, delivery, mine, number }: ListedMessage): MessageAct[] {
  const link: MessageAct[] = number === undefined ? [] : ['copyLink', 'markUnread'];
  if (content.kind !== 'text') return link;
  if (!mine) return ['copy', ...link];
  if (delivery?.state === 'refused') {
    return ['copy', ...link, ...(mayRetry(delivery.code) ? (['retry'] as const) : []), 'discard'];
  }
  return ['copy', ...link, 'edit', number === undefined ? 'deleteUnsent' : 'delete'];
}

function looks(act: MessageAct): Omit<OfferedAct, 'act'> {
  switch (act) {
    case 'copy':
      return { label: t('conversation.copy'), icon: Copy, danger: false };
    case 'copyLink':
      return { label: t('conversation.copyLink'), icon: Link, danger: false };
    case 'markUnread':
      return { label: t('conversation.markUnread'), icon: MailOpen, danger: false };
    case 'edit':
      return { label: t('conversation.edit'), icon: Pencil, danger: false };
    case 'retry':
      return { label: t('conversation.retry'), icon: RotateCcw, danger: false };
    case 'discard':
      return { label: t('conversation.discard'), icon: X, danger: true };
    case 'delete':
      return { label: t('conversation.delete'), icon: Trash2, danger: true };
    case 'deleteUnsent':
      return { label: t('conversation.deleteUnsent'), icon: Trash2, danger: true };
    default:
      return act satisfies never;
  }
}
