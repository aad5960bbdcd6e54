import { Ellipsis } from 'lucide-react';
import type { ListedMessage } from '../../../sync/views.ts';
import { t } from '../../../text/text.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Menu } from '../../../ui/Menu.tsx';
import { actsFor, type MessageAct } from './messageActs.ts';

interface MessageToolsProps {
  message: ListedMessage;
  onAct: (act: MessageAct, message: ListedMessage) => void;
}

/** Floats above the text, so that it never covers it. One stop for the keyboard, the rest is its menu. */
export function MessageTools({ message, onAct }: MessageToolsProps) {
  const acts = actsFor(message);
  const quick = acts.filter(({ act }) => act === 'copy' || act === 'edit');
  if (acts.length === 0) return null;
  return (
    <div
      className={`pointer-events-none absolute -top-7 ${message.mine ? 'end-9' : 'end-2'} z-2 flex rounded-medium border border-line bg-float p-0.75 opacity-0 has-[:focus-visible]:pointer-events-auto has-[:focus-visible]:opacity-100 has-[[aria-expanded=true]]:pointer-events-auto has-[[aria-expanded=true]]:opacity-100 [[data-part=row]:hover>&]:pointer-events-auto [[data-part=row]:hover>&]:opacity-100`}
    >
      {quick.map(({ act, label, icon }) => (
        <IconButton
          key={act}
          label={label}
          icon={icon}
          tabIndex={-1}
          className="h-7.5 w-8 max-tablet:hidden"
          onClick={() => {
            onAct(act, message);
          }}
        />
      ))}
      <Menu
        trigger={
          <IconButton label={t('conversation.more')} icon={Ellipsis} className="h-7.5 w-8" />
        }
        items={acts.map(({ act, label, icon, danger }) => ({
          label,
          icon,
          danger,
          onSelect: () => {
            onAct(act, message);
          },
        }))}
      />
    </div>
  );
}
