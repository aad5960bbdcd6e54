import type { ArrivalNumber, EpochMs, RoomId, UserId } from '@skerry/protocol/ids.ts';
import * as z from 'zod/mini';

const Seen = z.object({ number: z.int(), at: z.int() });
/** How far one person has looked at one room on this device. Stored: add, never rename. */
export interface Seen {
  number: ArrivalNumber;
  at: EpochMs;
}

export function loadSeen(userId: UserId, roomId: RoomId): Seen | undefined {
  try {
    const stored = localStorage.getItem(keyOf(userId, roomId));
    return stored === null ? undefined : Seen.parse(JSON.parse(stored));
  } catch {
    return undefined; // blocked or damaged: no line then
  }
}

export function saveSeen(userId: UserId, roomId: RoomId, seen: Seen): void {
  try {
    localStorage.setItem(keyOf(userId, roomId), JSON.stringify(seen));
  } catch {
    // Storage is blocked: only the new-message line is missed.
  }
}

function keyOf(userId: UserId, roomId: RoomId): string {
  return `skerry:seen:${userId}:${roomId}`;
}
