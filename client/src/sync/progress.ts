import { messagesIn, type OperationRows } from './operation.ts';
import { createCell } from './readable.ts';
import type { Readable, SendProgress } from './views.ts';

/** Fewer go out before anybody could read the line. */
const SHOWN_FROM = 20;

/** Counts a backlog while it goes out, since nothing was waiting. */
export function followProgress(rows: Readable<OperationRows>): Readable<SendProgress | undefined> {
  const progress = createCell<SendProgress | undefined>(undefined);
  let known = new Set<string>();
  const look = (): void => {
    const waiting = messagesIn(rows.get().outbox);
    if (waiting.length === 0) known = new Set();
    for (const { opId } of waiting) known.add(opId);
    const total = known.size;
    progress.set(total > SHOWN_FROM ? { sent: total - waiting.length, total } : undefined);
  };
  rows.subscribe(look);
  look();
  return progress;
}
