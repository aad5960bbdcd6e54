import type { ListedMessage } from '../../../sync/views.ts';
import { Sheet } from '../../../ui/Sheet.tsx';
import { actsFor, type MessageAct } from './messageActs.ts';

interface MessageSheetProps {
  message: ListedMessage;
  onAct: (act: MessageAct, message: ListedMessage) => void;
  onClose: () => void;
}

/** What a long press on a message offers. */
export function MessageSheet({ message, onAct, onClose }: MessageSheetProps) {
  return (
    <Sheet open onOpenChange={onClose} title={message.author.name}>
      {message.content.kind === 'text' && (
        <p dir="auto" className="line-clamp-3 border-b border-line pb-3 text-secondary text-muted">
          {message.content.text}
        </p>
      )}
      <ul className="py-2">
        {actsFor(message).map(({ act, label, icon: Icon, danger }) => (
          <li key={act} className={danger ? 'border-t border-line' : ''}>
            <button
              type="button"
              className={`flex min-h-12 w-full items-center gap-3 text-start ${danger ? 'text-danger' : ''}`}
              onClick={() => {
                onClose();
                onAct(act, message);
              }}
            >
              <Icon aria-hidden size={20} strokeWidth={1.75} />
              {label}
            </button>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
