import type { RoomId } from '@skerry/protocol/ids.ts';
import { useId } from 'react';
import { useToday } from '../../session/useToday.ts';
import type { RoomListItem } from '../../sync/views.ts';
import { RoomRow } from './RoomRow.tsx';

interface RoomSectionProps {
  title: string;
  rooms: readonly RoomListItem[];
  activeRoomId: RoomId | undefined;
}

export function RoomSection({ title, rooms, activeRoomId }: RoomSectionProps) {
  const id = useId();
  const today = useToday();
  if (rooms.length === 0) return null;
  return (
    <section
      aria-labelledby={id}
      className="rail:mx-4 rail:border-t rail:border-line rail:py-2 rail:first:border-0 [&>ul]:rail:-mx-4"
    >
      <h2 id={id} className="px-4 pt-3 pb-1 text-micro font-semibold text-muted rail:sr-only">
        {title}
      </h2>
      <ul>
        {rooms.map((room) => (
          <RoomRow key={room.id} room={room} isActive={room.id === activeRoomId} today={today} />
        ))}
      </ul>
    </section>
  );
}
