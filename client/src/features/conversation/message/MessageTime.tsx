import { History } from 'lucide-react';
import { t } from '../../../text/text.ts';
import { timeOfDay, timeOrDayAndTime } from '../../../text/time.ts';
import type { Row } from '../list/rows.ts';

/** The time beside the name; a late one says when it was sent and when it came. */
export function MessageTime({ row }: { row: Row }) {
  const { arrivedAt } = row.message;
  if (!row.isLate || arrivedAt === undefined) {
    return <span className="text-secondary text-muted tabular-nums">{timeOfDay(row.shownAt)}</span>;
  }
  return (
    <span className="inline-flex items-baseline gap-1.25 text-secondary text-caution tabular-nums">
      <History aria-hidden size={16} strokeWidth={1.9} className="shrink-0 self-center" />
      {t('conversation.late', {
        sent: timeOrDayAndTime(row.shownAt, arrivedAt),
        arrived: timeOfDay(arrivedAt),
      })}
    </span>
  );
}
