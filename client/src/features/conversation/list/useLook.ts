import type { ArrivalNumber, EpochMs, RoomId, UserId } from '@skerry/protocol/ids.ts';
import { useEffect, useState } from 'react';
import { loadSeen, saveSeen } from './lookStore.ts';
import type { Look } from './rows.ts';

/** Since when I look at a room, and how far I had come; each return to the tab is a new look. */
export function useLook(userId: UserId, roomId: RoomId, last: ArrivalNumber): Look | undefined {
  const [look, setLook] = useState(() => beginLook(userId, roomId, Date.now()));

  useEffect(() => {
    const keep = () => {
      if (document.visibilityState === 'visible' && last > 0) {
        saveSeen(userId, roomId, { number: last, at: Date.now() });
      }
    };
    const handleVisibility = () => {
      if (document.visibilityState === 'visible') setLook(beginLook(userId, roomId, Date.now()));
    };
    keep();
    document.addEventListener('visibilitychange', handleVisibility);
    return () => {
      document.removeEventListener('visibilitychange', handleVisibility);
      keep();
    };
  }, [userId, roomId, last]);

  return look;
}

function beginLook(userId: UserId, roomId: RoomId, now: EpochMs): Look | undefined {
  const seen = loadSeen(userId, roomId);
  return seen === undefined ? undefined : { ...seen, openedAt: now };
}
