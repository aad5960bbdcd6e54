import { MAX_COUNTED_UNREAD } from '@skerry/protocol/limits.ts';
import { CircleAlert, CircleQuestionMark, Clock } from 'lucide-react';
import type { RoomListItem } from '../../sync/views.ts';
import { t } from '../../text/text.ts';

/** On the rail at the symbol's corner, where only the first fits. */
const PLACE = 'rail:absolute rail:end-1 rail:top-0.5 rail:not-first:hidden';
const MARK = `flex items-center gap-0.75 text-micro font-name tabular-nums rail:rounded-full rail:bg-surface-0 ${PLACE}`;
const COUNT = `grid h-5 min-w-5 place-items-center rounded-full px-1.5 text-micro font-name tabular-nums ${PLACE}`;
const STRONG = 'bg-accent text-on-accent';
const QUIET = 'bg-accent-quiet-strong text-accent';

/** What of a room wants me: what of mine was refused or waits, what mentions me, what I have not read. */
export function RoomFlags({ room }: { room: RoomListItem }) {
  const { kind, asking, refused, unread, mentions } = room;
  const unsent = room.unsent - asking;
  if (refused + room.unsent + unread === 0) return null;
  const isForMe = kind === 'direct' || kind === 'group';
  return (
    <span className="ms-auto flex shrink-0 items-center gap-1.5 rail:contents">
      {refused > 0 && (
        <span className={`${MARK} text-danger`}>
          <CircleAlert aria-hidden size={16} strokeWidth={2.1} />
          <span aria-hidden className="rail:hidden">
            {refused}
          </span>
          <span className="sr-only">{t('rooms.refused', { count: refused })}</span>
        </span>
      )}
      {asking > 0 && (
        <span className={`${MARK} text-caution`}>
          <CircleQuestionMark aria-hidden size={16} strokeWidth={2.1} />
          <span aria-hidden className="rail:hidden">
            {asking}
          </span>
          <span className="sr-only">{t('rooms.asking', { count: asking })}</span>
        </span>
      )}
      {unsent > 0 && (
        <span className={`${MARK} text-caution`}>
          <Clock aria-hidden size={16} strokeWidth={2.1} />
          <span aria-hidden className="rail:hidden">
            {unsent}
          </span>
          <span className="sr-only">{t('rooms.unsent', { count: unsent })}</span>
        </span>
      )}
      {mentions > 0 && (
        <span className={`${COUNT} ${STRONG}`}>
          <span aria-hidden>@</span>
          <span className="sr-only">{t('rooms.mentions', { count: mentions })}</span>
        </span>
      )}
      {unread > 0 && (
        <span className={`${COUNT} ${isForMe ? STRONG : QUIET}`}>
          <span aria-hidden>{unreadNumber(unread)}</span>
          <span className="sr-only">{t('rooms.unread', { count: unread })}</span>
        </span>
      )}
    </span>
  );
}

function unreadNumber(unread: number): string {
  return unread < MAX_COUNTED_UNREAD ? String(unread) : `${String(MAX_COUNTED_UNREAD - 1)}+`;
}
