import type { RoomId } from '@skerry/protocol/ids.ts';
import { useState } from 'react';
import { useSkerry } from '../../session/SkerryContext.ts';
import { useReadable } from '../../session/useReadable.ts';
import { t } from '../../text/text.ts';
import { Logo } from '../../ui/Logo.tsx';
import { AddRoom } from './AddRoom.tsx';
import { FilterField } from './FilterField.tsx';
import { RoomSections } from './RoomSections.tsx';

/** My rooms, from this device. */
export function RoomList({ activeRoomId }: { activeRoomId: RoomId | undefined }) {
  const rooms = useReadable(useSkerry().rooms);
  const [filter, setFilter] = useState('');
  return (
    <>
      <div className="flex min-h-(--header) shrink-0 items-center gap-2.5 ps-4 pe-2 rail:flex-col rail:gap-1 rail:px-0 rail:pt-4">
        <Logo className="size-6 text-accent" />
        <p className="min-w-0 flex-1 truncate text-heading font-name rail:sr-only">
          {t('app.name')}
        </p>
        <AddRoom />
      </div>
      <div className="shrink-0 px-3 pb-1 max-tablet:px-4 rail:hidden">
        <FilterField label={t('rooms.filter')} value={filter} onChange={setFilter} />
      </div>
      <nav
        aria-label={t('rooms.navigation')}
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain pb-3 [scrollbar-width:thin]"
      >
        <RoomSections rooms={rooms} filter={filter} activeRoomId={activeRoomId} />
      </nav>
    </>
  );
}
