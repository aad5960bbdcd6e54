import type { RoomId } from '@skerry/protocol/ids.ts';
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import type { RoomListItem } from '../../sync/views.ts';
import { hasUnread, neighbourOf } from './filterRooms.ts';

/** Alt+↑ and Alt+↓ go to the room above and below, with Shift to an unread one, wherever the focus is. */
export function useRoomKeys(rooms: readonly RoomListItem[], activeRoomId: RoomId | undefined) {
  const [, navigate] = useLocation();
  useEffect(() => {
    const handleKeyDown = (event: KeyboardEvent) => {
      const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
      if (!altKey || ctrlKey || metaKey) return;
      if (key !== 'ArrowUp' && key !== 'ArrowDown') return;
      event.preventDefault();
      const among = shiftKey
        ? rooms.filter((room) => hasUnread(room) || room.id === activeRoomId)
        : rooms;
      const next = neighbourOf(among, activeRoomId, key === 'ArrowDown' ? 1 : -1);
      if (next !== undefined) navigate(`/room/${next.id}`);
    };
    window.addEventListener('keydown', handleKeyDown);
    return () => {
      window.removeEventListener('keydown', handleKeyDown);
    };
  }, [rooms, activeRoomId, navigate]);
}
