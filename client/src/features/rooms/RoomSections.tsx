import type { RoomId } from '@skerry/protocol/ids.ts';
import { useState } from 'react';
import type { RoomListItem } from '../../sync/views.ts';
import { t } from '../../text/text.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { filterRooms, hasUnread } from './filterRooms.ts';
import { RoomSection } from './RoomSection.tsx';
import { useRoomKeys } from './useRoomKeys.ts';

interface RoomSectionsProps {
  /** Undefined while they are being read. */
  rooms: readonly RoomListItem[] | undefined;
  filter: string;
  activeRoomId: RoomId | undefined;
}

export function RoomSections({ rooms, filter, activeRoomId }: RoomSectionsProps) {
  const activeStays = useActiveStays(rooms, activeRoomId);
  const sections = filterRooms(rooms ?? [], filter, (room) =>
    room.id === activeRoomId ? activeStays : hasUnread(room),
  );
  const shown = [...sections.unread, ...sections.rooms, ...sections.direct];
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
        title={t('rooms.section.unread')}
        rooms={sections.unread}
        activeRoomId={activeRoomId}
      />
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

/** Was the room on screen unread when it was opened? It does not move while somebody looks at it. */
function useActiveStays(
  rooms: readonly RoomListItem[] | undefined,
  activeRoomId: RoomId | undefined,
): boolean {
  const active = rooms?.find(({ id }) => id === activeRoomId);
  const [held, setHeld] = useState({ id: active?.id, stays: false });
  if (held.id === active?.id) return held.stays;
  const stays = active !== undefined && hasUnread(active);
  setHeld({ id: active?.id, stays });
  return stays;
}
