import type { MessageId } from '@skerry/protocol/ids.ts';
import { ArrowUp } from 'lucide-react';
import { useState } from 'react';
import { t } from '../../../text/text.ts';
import type { Row } from './rows.ts';

interface JumpToNewProps {
  rows: readonly Row[];
  /** Index of the first new message, or -1. */
  firstNew: number;
  /** Index of the first row on screen. */
  topRow: number;
  onJump: () => void;
}

/** A row takes the focus once it has been measured, some frames after the list began to move. */
const FRAMES_TO_DRAW = 120;

/** The way up to the new-message line, until it was on screen; what arrived late is named. */
export function JumpToNew({ rows, firstNew, topRow, onJump }: JumpToNewProps) {
  const id = rows[firstNew]?.message.id;
  const [seenId, setSeenId] = useState<string>();
  const isAbove = firstNew < topRow;
  if (id === undefined || seenId === id) return null;
  // The list opens at its end, before its first row is known.
  if (!isAbove) {
    if (topRow > 0) setSeenId(id);
    return null;
  }
  const count = rows[firstNew]?.newCount ?? 0;
  const isLate = rows.some((row) => row.isLate && row.isNew);
  const label = t(isLate ? 'conversation.lateAbove' : 'conversation.newAbove', { count });
  return (
    <button
      type="button"
      aria-label={`${t('conversation.jumpToNew')}: ${label}`}
      onClick={({ currentTarget }) => {
        onJump();
        focusRow(id, currentTarget, FRAMES_TO_DRAW);
      }}
      className="absolute inset-x-0 top-12 z-3 mx-auto inline-flex min-h-control w-fit items-center gap-1.5 rounded-full bg-float ps-2.5 pe-3.5 text-secondary font-semibold text-accent shadow-float"
    >
      <ArrowUp aria-hidden size={18} strokeWidth={1.9} />
      {label}
    </button>
  );
}

/** This button goes with the jump: what has the focus is then where it led. */
function focusRow(id: MessageId, button: HTMLElement, framesLeft: number): void {
  const holder = document.activeElement ?? document.body;
  // It is there, or somebody went on by themselves.
  if (framesLeft === 0 || (holder !== document.body && holder !== button)) return;
  document.querySelector<HTMLElement>(`[data-id="${id}"]`)?.focus({ preventScroll: true });
  requestAnimationFrame(() => {
    focusRow(id, button, framesLeft - 1);
  });
}
