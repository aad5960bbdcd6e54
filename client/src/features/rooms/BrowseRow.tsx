import type { RoomView } from '@skerry/protocol/api/rooms.ts';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { RoomKindIcon } from '../../ui/RoomKindIcon.tsx';

export function BrowseRow({ room, onOpen }: { room: RoomView; onOpen: () => void }) {
  const { name, topic, kind, members, joined } = room;
  const count = t('rooms.browse.members', { count: members });
  return (
    <li className="flex min-h-14 items-center gap-2.5 border-b border-line py-2 last:border-b-0">
      <RoomKindIcon kind={kind} className="mx-1.5 shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">
          <bdi>{name}</bdi>
        </p>
        <p className="truncate text-secondary text-muted">
          {topic === '' ? count : `${count} · ${topic}`}
        </p>
      </div>
      <Button size="small" onClick={onOpen}>
        {t(joined ? 'rooms.browse.open' : 'rooms.browse.join')}
      </Button>
    </li>
  );
}
