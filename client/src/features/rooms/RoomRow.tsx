import { CircleAlert, Clock } from 'lucide-react';
import { Link } from 'wouter';
import type { RoomListItem } from '../../sync/views.ts';
import { t } from '../../text/text.ts';
import { RoomSymbol } from './RoomSymbol.tsx';

/** One room of the list, with what of mine waits in it or was refused. */
export function RoomRow({ room, isActive }: { room: RoomListItem; isActive: boolean }) {
  const { id, kind, name, unsent, refused } = room;
  return (
    <li>
      <Link
        href={`/room/${id}`}
        aria-current={isActive ? 'page' : undefined}
        className="group mx-2 flex min-h-12 items-center gap-2.5 rounded-medium px-2 py-1.25 hover:bg-surface-2 aria-[current]:bg-surface-3 max-tablet:min-h-16 max-tablet:gap-3"
      >
        <RoomSymbol kind={kind} />
        <bdi className="min-w-0 flex-1 truncate font-medium" title={name}>
          {name}
        </bdi>
        <span className="sr-only">{t(`rooms.kind.${kind}`)}</span>
        {refused > 0 && (
          <span className="flex items-center gap-0.75 text-micro font-name text-danger tabular-nums">
            <CircleAlert aria-hidden size={16} strokeWidth={2.1} />
            <span aria-hidden>{refused}</span>
            <span className="sr-only">{t('rooms.refused', { count: refused })}</span>
          </span>
        )}
        {unsent > 0 && (
          <span className="flex items-center gap-0.75 text-micro font-name text-caution tabular-nums">
            <Clock aria-hidden size={16} strokeWidth={2.1} />
            <span aria-hidden>{unsent}</span>
            <span className="sr-only">{t('rooms.unsent', { count: unsent })}</span>
          </span>
        )}
      </Link>
    </li>
  );
}
