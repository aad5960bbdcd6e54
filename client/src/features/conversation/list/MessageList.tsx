import { useRef, useState } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import type { ListedMessage } from '../../../sync/views.ts';
import { Rule } from '../../../ui/Rule.tsx';
import type { MessageAct } from '../message/messageActs.ts';
import { dayText } from './dayText.ts';
import { ListRow } from './ListRow.tsx';
import { MessageUl } from './MessageUl.tsx';
import { NewestPill } from './NewestPill.tsx';
import { countNewer, lastNumber, type Look, type Row } from './rows.ts';
import { useFollowing } from './useFollowing.ts';
import { useLinkedId } from './useLinkedId.ts';

interface MessageListProps {
  messages: readonly ListedMessage[];
  rows: readonly Row[];
  look: Look | undefined;
  now: number;
  onAct: (act: MessageAct, message: ListedMessage) => void;
}

/** Of the wrapper's padding above the list. */
const START_MARGIN_PX = 16;

/** The messages of a room, newest below. Only what is on screen is drawn. */
export function MessageList({ messages, rows, look, now, onAct }: MessageListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const ownPosts = messages.filter((message) => message.mine).length;
  const linkedId = useLinkedId();
  const target = rows.findIndex(({ message }) => message.id === linkedId);
  const following = useFollowing(list, scroller, {
    count: rows.length,
    ownPosts,
    linkedId,
    target,
  });
  const [topRow, setTopRow] = useState<number>();
  const isOlderAdded = useOlderAdded(rows);
  const [leftAt, setLeftAt] = useState(() => lastNumber(messages));

  function handleScroll(offset: number): void {
    following.handleScroll(offset);
    if (following.isAtEnd) setLeftAt(lastNumber(messages));
    const top = list.current?.findItemIndex(offset);
    setTopRow(offset > START_MARGIN_PX ? top : undefined);
  }

  const topDay = topRow === undefined ? undefined : findDay(rows, topRow);
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      {topDay !== undefined && (
        <div
          aria-hidden
          className="pointer-events-none absolute inset-x-0 top-0 z-3 mx-auto w-full max-w-215 bg-linear-to-b from-surface-1 from-78% to-transparent px-2 max-tablet:px-1"
        >
          <Rule label={dayText(topDay, now)} />
        </div>
      )}
      <div
        ref={scroller}
        className="flex min-h-0 flex-1 flex-col overflow-x-hidden overflow-y-auto overscroll-contain [overflow-anchor:none] [scrollbar-color:var(--line)_transparent] [scrollbar-width:thin]"
      >
        <div className="grow" />
        <div className="mx-auto w-full max-w-215 shrink-0 px-2 pt-4 max-tablet:px-1">
          <Virtualizer
            ref={list}
            data={rows}
            as={MessageUl}
            item="li"
            shift={isOlderAdded}
            scrollRef={scroller}
            startMargin={START_MARGIN_PX}
            onScroll={handleScroll}
            onResize={following.handleResize}
          >
            {(row) => (
              <ListRow
                key={row.message.id}
                row={row}
                look={look}
                now={now}
                isLinked={row.message.id === linkedId}
                onAct={onAct}
              />
            )}
          </Virtualizer>
        </div>
      </div>
      {!following.isAtEnd && (
        <NewestPill count={countNewer(messages, leftAt)} onClick={following.jumpToEnd} />
      )}
    </div>
  );
}

/** Rows came above the ones that were there: the place is then kept from the end. */
function useOlderAdded(rows: readonly Row[]): boolean {
  const first = rows[0]?.message.id;
  const [before, setBefore] = useState({ first, isOlderAdded: false });
  if (before.first === first) return before.isOlderAdded;
  const isOlderAdded = rows.some(({ message }) => message.id === before.first);
  setBefore({ first, isOlderAdded });
  return isOlderAdded;
}

function findDay(rows: readonly Row[], index: number): number | undefined {
  return rows.slice(0, index + 1).findLast(({ day }) => day !== undefined)?.day;
}
