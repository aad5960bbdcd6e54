import type { UserId } from '@skerry/protocol/ids.ts';
import * as z from 'zod/mini';
import type { Timers } from './heartbeat.ts';
import { createCell } from './readable.ts';
import type { Readable } from './views.ts';

/**
 * What tabs tell each other. Another build may be running beside this one: add types, never change
 * one; a message of another version is ignored.
 */
const TabMessage = z.object({
  version: z.literal(1),
  type: z.enum(['operations-changed', 'wants-to-send', 'keeps-sending', 'leave']),
});
type TabMessageType = z.infer<typeof TabMessage>['type'];

export interface Tabs {
  /** Is this the one tab that sends and writes stored documents? */
  isSender: Readable<boolean>;
  /** This tab changed the outbox or the tray. */
  operationsChanged: () => void;
  /** This tab is being looked at: it should be the one that sends. */
  takeOver: () => void;
  close: () => void;
}

export interface TabsDeps {
  userId: UserId;
  timers: Timers;
  isVisible: () => boolean;
  onOperationsChanged: () => void;
  /** The person logged out in another tab: everything local is about to be deleted. */
  onLeave: () => void;
}

/** A tab that does not answer is frozen: its role is taken. */
const STEAL_AFTER_MS = 2_000;

/** Makes several tabs one client. */
export function openTabs(deps: TabsDeps): Tabs {
  const isSender = createCell(false);
  const channel = new BroadcastChannel(tabChannelName(deps.userId));
  const closing = new AbortController();
  let release: (() => void) | undefined;
  let cancelSteal: (() => void) | undefined;

  const say = (type: TabMessageType): void => {
    if (closing.signal.aborted) return;
    channel.postMessage({ version: 1, type });
  };
  const hear: Record<TabMessageType, () => void> = {
    'operations-changed': deps.onOperationsChanged,
    'wants-to-send': () => {
      if (!isSender.get()) return;
      if (deps.isVisible()) say('keeps-sending');
      else release?.();
    },
    'keeps-sending': () => {
      cancelSteal?.();
    },
    leave: deps.onLeave,
  };
  channel.onmessage = (event: MessageEvent<unknown>) => {
    const message = TabMessage.safeParse(event.data);
    if (message.success) hear[message.data.type]();
  };

  /** Holds the role until it is released or taken; then waits for it again. */
  const hold = async (steal: boolean): Promise<void> => {
    const options: LockOptions = steal ? { steal } : { signal: closing.signal };
    let mine: (() => void) | undefined;
    try {
      await navigator.locks.request(`${tabChannelName(deps.userId)}:sender`, options, async () => {
        if (closing.signal.aborted) return;
        cancelSteal?.();
        const released = new Promise<void>((resolve) => (mine = resolve));
        release = mine;
        isSender.set(true);
        await released;
      });
    } catch (error) {
      // Taken by another tab, or this one is closing. Anything else comes again with each try.
      if (!isAbort(error)) sendAlone();
    }
    // A request of this same tab may have been granted meanwhile.
    if (release !== mine) return;
    release = undefined;
    isSender.set(isAlone);
  };
  const wait = async (): Promise<void> => {
    while (!closing.signal.aborted && !isAlone) await hold(false);
  };
  let isAlone = false;
  const sendAlone = (): void => {
    isAlone = true;
    isSender.set(true);
  };
  // On plain http in a local network there are no locks: each tab sends for itself. The same id and key
  // twice is harmless, and what another tab sent leaves this one's list with the echo.
  if ('locks' in navigator) void wait();
  else sendAlone();

  return {
    isSender,
    operationsChanged: () => {
      say('operations-changed');
    },
    takeOver: () => {
      if (isSender.get() || closing.signal.aborted) return;
      say('wants-to-send');
      cancelSteal?.();
      cancelSteal = deps.timers.setTimeout(() => {
        if (!isSender.get() && deps.isVisible()) void hold(true);
      }, STEAL_AFTER_MS);
    },
    close: () => {
      closing.abort();
      cancelSteal?.();
      release?.();
      channel.close();
    },
  };
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** Alone in its process or without shared storage, a client is its only tab. */
export function onlyTab(): Tabs {
  return {
    isSender: createCell(true),
    operationsChanged: () => undefined,
    takeOver: () => undefined,
    close: () => undefined,
  };
}

/** Tells every tab to close its databases, this one included. */
export function tellTabsToLeave(userId: UserId): void {
  const channel = new BroadcastChannel(tabChannelName(userId));
  channel.postMessage({ version: 1, type: 'leave' });
  channel.close();
}

function tabChannelName(userId: UserId): string {
  return `skerry:${userId}`;
}
