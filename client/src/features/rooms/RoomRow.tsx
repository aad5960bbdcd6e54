import { CircleAlert, Clock } from 'lucide-react';
import { Link } from 'wouter';
import type { RoomListItem } from '../../sync/views.ts';
import { t } from '../../text/text.ts';
import { RoomSymbol } from './RoomSymbol.tsx';

/** Beside the name; on the rail at the symbol's corner, where the number does not fit. */
const FLAG =
  'flex items-center gap-0.75 text-micro font-name tabular-nums rail:absolute rail:end-1 rail:top-0.5 rail:rounded-full rail:bg-surface-0';

/** One room of the list, with what of mine waits in it or was refused. */
export function RoomRow({ room, isActive }: { room: RoomListItem; isActive: boolean }) {
  const { id, kind, name, unsent, refused } = room;
  return (
    <li>
      <Link
        href={`/room/${id}`}
        aria-current={isActive ? 'page' : undefined}
        title={name}
        className="group relative mx-2 flex min-h-12 items-center gap-2.5 rounded-medium px-2 py-1.25 hover:bg-surface-2 aria-[current]:bg-surface-3 max-tablet:min-h-16 max-tablet:gap-3 rail:justify-center rail:px-0"
      >
        <RoomSymbol kind={kind} name={name} />
        <bdi className="min-w-0 flex-1 truncate font-medium rail:sr-only">{name}</bdi>
        <span className="sr-only">{t(`rooms.kind.${kind}`)}</span>
        {refused > 0 && (
          <span className={`${FLAG} text-danger`}>
            <CircleAlert aria-hidden size={16} strokeWidth={2.1} />
            <span aria-hidden className="rail:hidden">
              {refused}
            </span>
            <span className="sr-only">{t('rooms.refused', { count: refused })}</span>
          </span>
        )}
        {unsent > 0 && (
          <span className={`${FLAG} text-caution`}>
            <Clock aria-hidden size={16} strokeWidth={2.1} />
            <span aria-hidden className="rail:hidden">
              {unsent}
            </span>
            <span className="sr-only">{t('rooms.unsent', { count: unsent })}</span>
          </span>
        )}
      </Link>
    </li>
  );
}
