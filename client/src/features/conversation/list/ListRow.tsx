import type { Hole, ListedMessage } from '../../../sync/views.ts';
import { t } from '../../../text/text.ts';
import { timeOrDayAndTime } from '../../../text/time.ts';
import { Rule } from '../../../ui/Rule.tsx';
import type { MessageAct } from '../message/messageActs.ts';
import { MessageRow } from '../message/MessageRow.tsx';
import { dayText } from './dayText.ts';
import { HistoryStart } from './HistoryStart.tsx';
import type { Row } from './rows.ts';

interface ListRowProps {
  row: Row;
  now: number;
  isLinked: boolean;
  hole: Hole | undefined;
  onAct: (act: MessageAct, message: ListedMessage) => void;
}

/** A message under the rules that stand above it. */
export function ListRow({ row, now, isLinked, hole, onAct }: ListRowProps) {
  return (
    <>
      {row.isAfterHole && hole !== undefined && <HistoryStart state={hole.state} which="newer" />}
      {row.day !== undefined && <Rule label={dayText(row.day, now)} />}
      {row.newCount !== undefined && row.newSince !== undefined && (
        <Rule
          tone="accent"
          label={t('conversation.newSince', {
            count: row.newCount,
            time: timeOrDayAndTime(row.newSince, now),
          })}
        />
      )}
      <MessageRow row={row} isLinked={isLinked} onAct={onAct} />
    </>
  );
}
