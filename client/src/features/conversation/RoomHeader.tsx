import { Ellipsis, Link as LinkIcon, LogOut } from 'lucide-react';
import type { Person } from '../../sync/views.ts';
import { t } from '../../text/text.ts';
import { BackLink } from '../../ui/BackLink.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { Menu } from '../../ui/Menu.tsx';
import type { MenuItem } from '../../ui/menuProps.ts';
import { HereList } from './HereList.tsx';

interface RoomHeaderProps {
  name: string;
  topic: string;
  here: readonly Person[];
  /** Undefined where there is nothing to link to. */
  onCopyLink: (() => void) | undefined;
  /** Undefined where one cannot leave. */
  onLeave: (() => void) | undefined;
}

export function RoomHeader({ name, topic, here, onCopyLink, onLeave }: RoomHeaderProps) {
  const items: MenuItem[] = [];
  if (onCopyLink !== undefined) {
    items.push({ label: t('conversation.copyLink'), icon: LinkIcon, onSelect: onCopyLink });
  }
  if (onLeave !== undefined) {
    const label = t('conversation.leave');
    items.push({ label, icon: LogOut, danger: true, onSelect: onLeave });
  }
  return (
    <header className="flex min-h-(--header) shrink-0 items-center gap-1 border-b border-line ps-5 pe-3 max-tablet:ps-1 max-tablet:pe-2">
      <BackLink href="/" label={t('conversation.back')} className="tablet:hidden" />
      <div className="flex min-w-0 flex-1 items-baseline gap-x-3 max-tablet:flex-col max-tablet:ps-1">
        <h1 dir="auto" className="max-w-full shrink-0 truncate text-heading font-name">
          {name}
        </h1>
        {topic !== '' && (
          <p
            dir="auto"
            title={topic}
            className="max-w-full min-w-0 truncate text-secondary text-muted"
          >
            {topic}
          </p>
        )}
      </div>
      <HereList people={here} />
      {items.length > 0 && (
        <Menu
          trigger={<IconButton label={t('conversation.menu')} icon={Ellipsis} />}
          items={items}
        />
      )}
    </header>
  );
}
