import { Compass, Plus } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { t } from '../../text/text.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { Menu } from '../../ui/Menu.tsx';

const CreateRoomDialog = lazy(async () => {
  const { CreateRoomDialog: dialog } = await import('./CreateRoomDialog.tsx');
  return { default: dialog };
});
const BrowseRoomsDialog = lazy(async () => {
  const { BrowseRoomsDialog: dialog } = await import('./BrowseRoomsDialog.tsx');
  return { default: dialog };
});

/** The way to a new room; its dialogs are loaded when they are wanted. */
export function AddRoom() {
  const [open, setOpen] = useState<'create' | 'browse'>();
  const close = () => {
    setOpen(undefined);
  };
  return (
    <>
      <Menu
        trigger={<IconButton label={t('rooms.add')} icon={Plus} />}
        items={[
          {
            label: t('rooms.create'),
            icon: Plus,
            onSelect: () => {
              setOpen('create');
            },
          },
          {
            label: t('rooms.browse'),
            icon: Compass,
            onSelect: () => {
              setOpen('browse');
            },
          },
        ]}
      />
      <Suspense>
        {open === 'create' && <CreateRoomDialog onClose={close} />}
        {open === 'browse' && <BrowseRoomsDialog onClose={close} />}
      </Suspense>
    </>
  );
}
