import { messagesIn, type MessageOperation, type OperationRows } from './operation.ts';
import { createCell } from './readable.ts';
import type { Readable, SendProgress } from './views.ts';

/** Fewer go out before anybody could read the line. */
const SHOWN_FROM = 20;

/**
 * Counts a backlog while it goes out. `isHeld` tells what cannot go now: it is not waiting for its turn, and
 * what left before it is no part of a backlog of its own.
 */
export function followProgress(
  rows: Readable<OperationRows>,
  isHeld: (row: MessageOperation) => boolean,
): Readable<SendProgress | undefined> {
  const progress = createCell<SendProgress | undefined>(undefined);
  let known = new Set<string>();
  const look = (): void => {
    const waiting = messagesIn(rows.get().outbox).filter((row) => !isHeld(row));
    const ids = new Set(waiting.map(({ opId }) => opId));
    if (ids.size === 0) known = new Set();
    for (const opId of ids) known.add(opId);
    const total = known.size;
    progress.set(total > SHOWN_FROM ? { sent: total - ids.size, total } : undefined);
  };
  rows.subscribe(look);
  look();
  return progress;
}
