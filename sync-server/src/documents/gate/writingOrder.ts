import type { ClientId } from '@skerry/protocol/ids.ts';
import type { AcceptedMessage } from './verdict.ts';

/**
 * Puts the new messages of one update into the order they were written. Yjs groups structs by client id,
 * and one update can hold several sessions of one person: the runs of each client id (in clock order) are
 * merged by written time, then id. Inside a run the clock decides, even if the device's time went back.
 */
export function inWritingOrder(messages: AcceptedMessage[]): AcceptedMessage[] {
  const runs = new Map<ClientId, AcceptedMessage[]>();
  for (const message of messages) {
    const run = runs.get(message.client);
    if (run === undefined) runs.set(message.client, [message]);
    else run.push(message);
  }
  const waiting = [...runs.values()].map((run) => run.sort((a, b) => a.clock - b.clock));
  const ordered: AcceptedMessage[] = [];
  while (ordered.length < messages.length) {
    let earliest: AcceptedMessage[] | undefined;
    for (const run of waiting) {
      if (run.length > 0 && (earliest === undefined || isBefore(run[0], earliest[0])))
        earliest = run;
    }
    const next = earliest?.shift();
    if (next === undefined) throw new Error('a run of messages ended early');
    ordered.push(next);
  }
  return ordered;
}

function isBefore(a: AcceptedMessage | undefined, b: AcceptedMessage | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.record.at < b.record.at || (a.record.at === b.record.at && a.id < b.id);
}
