import type { RoomId } from '@skerry/protocol/ids.ts';
import type { RoomListItem } from '../../sync/views.ts';
import { t } from '../../text/text.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { filterRooms } from './filterRooms.ts';
import { RoomSection } from './RoomSection.tsx';
import { useRoomKeys } from './useRoomKeys.ts';

interface RoomSectionsProps {
  /** Undefined while they are being read. */
  rooms: readonly RoomListItem[] | undefined;
  filter: string;
  activeRoomId: RoomId | undefined;
}

export function RoomSections({ rooms, filter, activeRoomId }: RoomSectionsProps) {
  const sections = filterRooms(rooms ?? [], filter);
  const shown = [...sections.rooms, ...sections.direct];
  useRoomKeys(shown, activeRoomId);
  if (rooms === undefined) return <Skeleton rows={5} />;
  if (rooms.length === 0) {
    return <EmptyState title={t('rooms.none.title')} text={t('rooms.none.text')} />;
  }
  if (shown.length === 0) {
    return (
      <EmptyState title={t('rooms.noMatch.title')} text={t('rooms.noMatch.text', { filter })} />
    );
  }
  return (
    <>
      <RoomSection
        title={t('rooms.section.rooms')}
        rooms={sections.rooms}
        activeRoomId={activeRoomId}
      />
      <RoomSection
        title={t('rooms.section.direct')}
        rooms={sections.direct}
        activeRoomId={activeRoomId}
      />
    </>
  );
}
