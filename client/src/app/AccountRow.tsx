import { LogOut, Settings2 } from 'lucide-react';
import { useLocation } from 'wouter';
import { useSignOut } from '../session/useSignOut.tsx';
import { useUser } from '../session/useUser.ts';
import { t } from '../text/text.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Menu } from '../ui/Menu.tsx';

/** Who I am, under the rooms of a wider screen; a phone has the place "You". */
export function AccountRow() {
  const { displayName, handle, avatar } = useUser();
  const [, navigate] = useLocation();
  const signOut = useSignOut();
  const items = [
    {
      label: t('app.settings'),
      icon: Settings2,
      onSelect: () => {
        navigate('/settings');
      },
    },
    {
      label: t('app.signOut'),
      icon: LogOut,
      onSelect: signOut.ask,
    },
  ];
  return (
    <div className="mt-auto flex shrink-0 items-center gap-2.5 border-t border-line py-2 ps-4 pe-2 max-tablet:hidden rail:flex-col rail:gap-1 rail:px-0">
      <Avatar name={displayName} hue={avatar} size={32} />
      <div className="min-w-0 flex-1 rail:sr-only">
        <p dir="auto" className="truncate font-semibold">
          {displayName}
        </p>
        <p className="truncate text-secondary text-muted">@{handle}</p>
      </div>
      <Menu trigger={<IconButton label={t('app.account')} icon={Settings2} />} items={items} />
      {signOut.question}
    </div>
  );
}
