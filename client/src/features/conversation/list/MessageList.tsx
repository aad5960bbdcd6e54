import type { ArrivalNumber } from '@skerry/protocol/ids.ts';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import { useReadable } from '../../../session/useReadable.ts';
import type { Hole, ListedMessage, OpenRoom } from '../../../sync/views.ts';
import { Rule } from '../../../ui/Rule.tsx';
import type { MessageAct } from '../message/messageActs.ts';
import { dayText } from './dayText.ts';
import { HISTORY_START_PX, HistoryStart } from './HistoryStart.tsx';
import { ListRow } from './ListRow.tsx';
import { MessageUl } from './MessageUl.tsx';
import { NewestPill } from './NewestPill.tsx';
import { countNewer, lastNumber, newestUnsent, type Row } from './rows.ts';
import { useFollowing } from './useFollowing.ts';
import { useLinkedId } from './useLinkedId.ts';
import { useSought } from './useSought.ts';

const JumpToNew = lazy(async () => {
  const { JumpToNew: pill } = await import('./JumpToNew.tsx');
  return { default: pill };
});

interface MessageListProps {
  room: Pick<OpenRoom, 'older' | 'loadOlder' | 'loadNewer' | 'show' | 'seek' | 'seeking'>;
  messages: readonly ListedMessage[];
  rows: readonly Row[];
  hole: Hole | undefined;
  now: number;
  /** All up to this number is on screen, or was. */
  onSee: (number: ArrivalNumber) => void;
  onAct: (act: MessageAct, message: ListedMessage) => void;
}

/** Nearer than this to where messages are missing, they are loaded. */
const NEAR_ROWS = 25;

/** The messages of a room, newest below. Only what is on screen is drawn. */
export function MessageList({ room, messages, rows, hole, now, onSee, onAct }: MessageListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const older = useReadable(room.older);
  const linkedId = useLinkedId();
  const endSeeking = useSought(room, linkedId);
  const target = rows.findIndex(({ message }) => message.id === linkedId);
  const following = useFollowing(list, scroller, {
    count: rows.length,
    written: newestUnsent(messages),
    linkedId,
    target,
  });
  const [topRow, setTopRow] = useState<number>();
  const isStartMoved = useStartMoved(rows);
  const [leftAt, setLeftAt] = useState(() => lastNumber(messages));

  function handleHand(): void {
    following.handleHand();
    // Whoever scrolls after the jump may never see where it led: what they see instead is read.
    if (target !== -1 && !following.isAtEnd) endSeeking();
  }

  function handleScroll(offset: number): void {
    following.handleScroll(offset);
    if (following.isAtEnd) setLeftAt(lastNumber(messages));
    const top = list.current?.findItemIndex(offset);
    setTopRow(offset > HISTORY_START_PX ? top : undefined);
    tellWhatIsSeen();
  }

  function handleResize(): void {
    following.handleResize();
    tellWhatIsSeen();
  }

  function tellWhatIsSeen(): void {
    const view = list.current;
    if (view === null) return;
    // The way to the end may still be ahead: the place is where it leads.
    const end = following.isAtEnd ? view.scrollSize : view.scrollOffset + view.viewportSize;
    const [first, last] = [view.findItemIndex(end - view.viewportSize), view.findItemIndex(end)];
    const bottom = rows[last]?.message.number;
    room.show(rows[first]?.message.number, bottom);
    // What is passed on the way to a message that was asked for is not read by that.
    if (!room.seeking.get()) onSee(following.isAtEnd ? lastNumber(messages) : (bottom ?? 0));
    if (first < NEAR_ROWS) room.loadOlder();
    const hole = rows.findIndex(({ isAfterHole }) => isAfterHole);
    if (first < hole && last > hole - NEAR_ROWS) room.loadNewer();
  }

  // Rows that came or went leave other ones on screen, and what was sought is there at last.
  useEffect(tellWhatIsSeen);

  const firstNew = rows.findIndex(({ newCount }) => newCount !== undefined);
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
        onWheel={handleHand}
        onTouchMove={handleHand}
        className="flex min-h-0 flex-1 flex-col overflow-x-hidden overflow-y-auto overscroll-contain [overflow-anchor:none] [scrollbar-color:var(--line)_transparent] [scrollbar-width:thin]"
      >
        <div className="grow" />
        <div className="mx-auto w-full max-w-215 shrink-0 px-2 max-tablet:px-1">
          <HistoryStart state={older} which="older" />
          <Virtualizer
            ref={list}
            data={rows}
            as={MessageUl}
            item="li"
            // At its end the list goes there by itself. One that is too short to scroll would wait for a
            // scroll after a shift, and draw nothing before.
            shift={isStartMoved && !following.isAtEnd}
            scrollRef={scroller}
            startMargin={HISTORY_START_PX}
            onScroll={handleScroll}
            onResize={handleResize}
          >
            {(row) => (
              <ListRow
                key={row.message.id}
                row={row}
                now={now}
                isLinked={row.message.id === linkedId}
                hole={hole}
                onAct={onAct}
              />
            )}
          </Virtualizer>
        </div>
      </div>
      <Suspense>
        <JumpToNew
          rows={rows}
          firstNew={firstNew}
          topRow={topRow ?? 0}
          onJump={() => {
            following.jumpTo(firstNew);
          }}
        />
      </Suspense>
      {!following.isAtEnd && (
        <NewestPill count={countNewer(messages, leftAt)} onClick={following.jumpToEnd} />
      )}
    </div>
  );
}

/** Rows came or went above the ones that are there: the place is then kept from the end. */
function useStartMoved(rows: readonly Row[]): boolean {
  const [before, setBefore] = useState({ rows, isStartMoved: false });
  if (before.rows === rows) return before.isStartMoved;
  const isStartMoved = isBelow(rows, before.rows[0]) || isBelow(before.rows, rows[0]);
  setBefore({ rows, isStartMoved });
  return isStartMoved;
}

function isBelow(rows: readonly Row[], row: Row | undefined): boolean {
  return rows.findIndex(({ message }) => message.id === row?.message.id) > 0;
}

function findDay(rows: readonly Row[], index: number): number | undefined {
  return rows.slice(0, index + 1).findLast(({ day }) => day !== undefined)?.day;
}
