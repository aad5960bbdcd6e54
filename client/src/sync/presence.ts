import type { UserId } from '@skerry/protocol/ids.ts';
import { parsePresence, TYPING_EXPIRES_MS } from '@skerry/protocol/presence/presence.ts';
import type { Awareness } from 'y-protocols/awareness';
import type { Timers } from './heartbeat.ts';
import { createCell } from './readable.ts';
import type { Person, Readable } from './views.ts';

/** Who is in a room now, and who types. */
export interface Presence {
  here: Readable<readonly Person[]>;
  typing: Readable<readonly Person[]>;
  setTyping: (typing: boolean) => void;
  /** The room's line to the server came up, went away, or was replaced. */
  follow: (awareness: Awareness | null) => void;
  close: () => void;
}

/** A typing mark is renewed well before it expires at the others. */
const RENEW_TYPING_MS = TYPING_EXPIRES_MS / 2;
const NOBODY: readonly Person[] = [];

export function createPresence(me: UserId, timers: Timers): Presence {
  const here = createCell(NOBODY);
  const typing = createCell(NOBODY);
  const typingUntil = new Map<number, number>();
  let awareness: Awareness | null = null;
  let announced: { at: number } | undefined;
  let cancelExpiry: (() => void) | undefined;

  const read = (): void => {
    cancelExpiry?.();
    const present = new Map<UserId, Person>();
    const writing = new Map<UserId, Person>();
    let next = Infinity;
    for (const [client, state] of awareness?.getStates() ?? []) {
      const presence = parsePresence(state);
      if (presence === undefined || presence.user.id === me) continue;
      present.set(presence.user.id, presence.user);
      const until = typingUntil.get(client);
      if (presence.typing !== true || until === undefined || until <= timers.now()) continue;
      writing.set(presence.user.id, presence.user);
      next = Math.min(next, until);
    }
    show(here, [...present.values()]);
    show(typing, [...writing.values()]);
    if (next < Infinity) cancelExpiry = timers.setTimeout(read, next - timers.now());
  };
  // Renewals count as well as changes, by this device's clock: the others' clocks may be wrong.
  const update = ({
    added,
    updated,
    removed,
  }: Record<'added' | 'updated' | 'removed', number[]>) => {
    for (const client of removed) typingUntil.delete(client);
    for (const client of [...added, ...updated]) {
      const isTyping = parsePresence(awareness?.getStates().get(client))?.typing === true;
      if (isTyping) typingUntil.set(client, timers.now() + TYPING_EXPIRES_MS);
      else typingUntil.delete(client);
    }
    read();
  };

  return {
    here,
    typing,
    setTyping: (isTyping) => {
      if (awareness === null) return;
      if (isTyping && announced !== undefined && timers.now() - announced.at < RENEW_TYPING_MS)
        return;
      if (!isTyping && announced === undefined) return;
      announced = isTyping ? { at: timers.now() } : undefined;
      awareness.setLocalState({ typing: isTyping });
    },
    follow: (next) => {
      if (next === awareness) return;
      awareness?.off('update', update);
      awareness = next;
      typingUntil.clear();
      announced = undefined;
      awareness?.on('update', update);
      awareness?.setLocalState({ typing: false });
      read();
    },
    close: () => {
      cancelExpiry?.();
      awareness?.off('update', update);
      awareness = null;
    },
  };
}

function show(
  cell: { get: () => readonly Person[]; set: (people: readonly Person[]) => void },
  people: Person[],
) {
  people.sort((a, b) => (a.id < b.id ? -1 : 1));
  if (JSON.stringify(people) !== JSON.stringify(cell.get()))
    cell.set(people.length === 0 ? NOBODY : people);
}
