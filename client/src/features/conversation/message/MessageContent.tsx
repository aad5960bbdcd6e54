import { Trash2 } from 'lucide-react';
import type { ListedMessage } from '../../../sync/views.ts';
import { t } from '../../../text/text.ts';
import { MessageText } from '../markdown/MessageText.tsx';

export function MessageContent({ content }: { content: ListedMessage['content'] }) {
  switch (content.kind) {
    case 'text':
      return (
        <>
          <MessageText text={content.text} />
          {content.edited && (
            <span className="text-secondary text-muted">{t('conversation.edited')}</span>
          )}
        </>
      );
    case 'deleted':
      return renderGone(t('conversation.deleted'));
    case 'redacted':
      return renderGone(
        content.reason === undefined
          ? t('conversation.redacted')
          : t('conversation.redactedBecause', { reason: content.reason }),
      );
    default:
      return content satisfies never;
  }
}

function renderGone(words: string) {
  return (
    <p className="flex items-center gap-1.5 text-secondary/5.5 text-muted">
      <Trash2 aria-hidden size={16} strokeWidth={1.75} className="shrink-0" />
      {words}
    </p>
  );
}
