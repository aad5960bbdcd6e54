import type { ArrivalNumber } from '@skerry/protocol/ids.ts';
import { useEffect, useState } from 'react';
import { useReadable } from '../../../session/useReadable.ts';
import type { OpenRoom } from '../../../sync/views.ts';
import { createReader } from './reader.ts';
import type { Look } from './rows.ts';

interface Reading {
  /** Undefined until my read mark is known. */
  look: Look | undefined;
  /** All up to this number is, or was, on screen. */
  see: (number: ArrivalNumber) => void;
  /** I marked something unread: nothing is read until I look again. */
  pause: () => void;
}

/** Reads what is looked at. A look begins when the room opens and with each return to the tab. */
export function useReading(room: OpenRoom, last: ArrivalNumber): Reading {
  const mark = useReadable(room.mark);
  const isCaughtUp = useReadable(room.isCaughtUp);
  const [reader] = useState(() => createReader(room));
  const [isPaused, setIsPaused] = useState(false);
  const [look, setLook] = useState<Look>();
  const [looks, setLooks] = useState(0);

  if (look === undefined && mark !== undefined) setLook({ mark, upTo: undefined });
  // All that the server had when I began to look is new; what comes after is seen as it comes.
  else if (look?.upTo === undefined && look !== undefined && isCaughtUp) {
    setLook({ ...look, upTo: last });
  }

  // The mark may be the same as in the look before.
  useEffect(() => {
    if (look !== undefined) reader.begin(look.mark);
  }, [reader, look?.mark, looks]); // eslint-disable-line react-hooks/exhaustive-deps -- a look is its mark

  useEffect(() => {
    const handleVisibility = () => {
      reader.setVisible(document.visibilityState === 'visible');
      if (document.visibilityState !== 'visible') return;
      setIsPaused(false);
      setLook(undefined);
      setLooks((count) => count + 1);
    };
    reader.setVisible(document.visibilityState === 'visible');
    document.addEventListener('visibilitychange', handleVisibility);
    return () => {
      document.removeEventListener('visibilitychange', handleVisibility);
      reader.setVisible(false);
    };
  }, [reader]);

  return {
    look: isPaused && mark !== undefined ? { mark, upTo: last } : look,
    see: reader.see,
    pause: () => {
      reader.pause();
      setIsPaused(true);
    },
  };
}
