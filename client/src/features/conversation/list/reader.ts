import type { ArrivalNumber } from '@skerry/protocol/ids.ts';
import type { ReadMark } from '@skerry/protocol/user/readMark.ts';
import { REAL_TIMERS, type Timers } from '../../../sync/heartbeat.ts';
import type { OpenRoom } from '../../../sync/views.ts';

/** Turns what is on screen into read marks. */
export interface Reader {
  /** A look begins, from this mark. */
  begin: (mark: ReadMark) => void;
  see: (number: ArrivalNumber) => void;
  /** Is anybody looking? What was seen until now is kept when nobody is any more. */
  setVisible: (visible: boolean) => void;
  /** Nothing more is read in this look. */
  pause: () => void;
}

/** A busy room is not one mark a message. */
const READ_AFTER_MS = 1_000;

export function createReader(
  room: Pick<OpenRoom, 'readUpTo'>,
  timers: Pick<Timers, 'setTimeout'> = REAL_TIMERS,
): Reader {
  let look: ReadMark | undefined;
  let isVisible = false;
  let isPaused = false;
  /** The highest number on screen so far, looked at or not. */
  let shown = 0;
  /** The highest of them that was marked read in this look. */
  let read = 0;
  let cancel: (() => void) | undefined;

  const stop = (): void => {
    cancel?.();
    cancel = undefined;
  };
  const flush = (): void => {
    stop();
    if (look === undefined || isPaused || shown <= read) return;
    read = shown;
    // Not kept on a full device: it is read again with the next look.
    room.readUpTo(shown, look).catch(() => undefined);
  };
  const plan = (): void => {
    if (isVisible && !isPaused && look !== undefined && shown > read)
      cancel ??= timers.setTimeout(flush, READ_AFTER_MS);
  };
  return {
    begin: (mark) => {
      look = mark;
      isPaused = false;
      read = 0;
      plan();
    },
    see: (number) => {
      shown = Math.max(shown, number);
      plan();
    },
    setVisible: (visible) => {
      isVisible = visible;
      if (visible) plan();
      else if (cancel !== undefined) flush();
    },
    pause: () => {
      stop();
      isPaused = true;
    },
  };
}
