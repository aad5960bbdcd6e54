import { Link } from 'wouter';
import { useUser } from '../../session/useUser.ts';
import type { RoomListItem } from '../../sync/views.ts';
import { t } from '../../text/text.ts';
import { timeOrDay } from '../../text/time.ts';
import { hasUnread } from './filterRooms.ts';
import { RoomFlags } from './RoomFlags.tsx';
import { RoomSymbol } from './RoomSymbol.tsx';

interface RoomRowProps {
  room: RoomListItem;
  isActive: boolean;
  /** Midnight of today. */
  today: number;
}

/** One room of the list: its name and newest words, and what of it wants me. */
export function RoomRow({ room, isActive, today }: RoomRowProps) {
  const { id, kind, name, newest } = room;
  const user = useUser();
  const isUnread = hasUnread(room);
  const author = newest?.by === user.id ? t('rooms.you') : newest?.name;
  const isNamed = newest?.by === user.id || (kind !== 'direct' && author !== '');
  return (
    <li>
      <Link
        href={`/room/${id}`}
        aria-current={isActive ? 'page' : undefined}
        title={name}
        className="group relative mx-2 flex min-h-12 items-center gap-2.5 rounded-medium px-2 py-1.25 hover:bg-surface-2 aria-[current]:bg-surface-3 max-tablet:min-h-16 max-tablet:gap-3 rail:justify-center rail:px-0"
      >
        <RoomSymbol kind={kind} name={name} />
        <span className="flex min-w-0 flex-1 flex-col rail:contents">
          <span className="flex items-baseline gap-2 rail:sr-only">
            <bdi className={`min-w-0 flex-1 truncate ${isUnread ? 'font-name' : 'font-medium'}`}>
              {name}
            </bdi>
            {newest !== undefined && (
              <span className="shrink-0 text-micro text-muted tabular-nums">
                {timeOrDay(newest.at, today)}
              </span>
            )}
          </span>
          <span className="sr-only">{t(`rooms.kind.${kind}`)}</span>
          <span className="flex items-center gap-2 rail:contents">
            {newest !== undefined && (
              <bdi
                className={`min-w-0 flex-1 truncate text-secondary rail:hidden ${isUnread ? 'text-ink' : 'text-muted'}`}
              >
                {isNamed
                  ? t('rooms.newest', { name: author ?? '', text: newest.text })
                  : newest.text}
              </bdi>
            )}
            <RoomFlags room={room} />
          </span>
        </span>
      </Link>
    </li>
  );
}
