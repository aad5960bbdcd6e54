import type { UserId } from '@skerry/protocol/ids.ts';
import { v7 } from 'uuid';
import { afterEach, expect, test, vi } from 'vitest';
import { createManualTimers, type ManualTimers } from '../../test/sync/manualTimers.ts';
import { openTabs, tellTabsToLeave, type Tabs } from './tabs.ts';

const open: Tabs[] = [];
afterEach(() => {
  for (const tabs of open.splice(0)) tabs.close();
  vi.restoreAllMocks();
});

interface Tab {
  tabs: Tabs;
  timers: ManualTimers;
  hide: () => void;
  heard: string[];
}

/** Locks and channels do not know that these tabs share a page. */
function openTab(userId: UserId): Tab {
  const timers = createManualTimers();
  const heard: string[] = [];
  let visible = true;
  const tabs = openTabs({
    userId,
    timers,
    isVisible: () => visible,
    onOperationsChanged: () => heard.push('operations-changed'),
    onLeave: () => heard.push('leave'),
  });
  open.push(tabs);
  return { tabs, timers, hide: () => (visible = false), heard };
}

function newUser(): UserId {
  return v7() as UserId;
}

async function sending(...tabs: Tab[]): Promise<void> {
  await expect
    .poll(() => tabs.map((tab) => tab.tabs.isSender.get()))
    .toEqual(tabs.map((_tab, index) => index === 0));
}

test('one tab sends, and another one when it closes', async () => {
  const userId = newUser();
  const first = openTab(userId);
  await sending(first);
  const second = openTab(userId);
  await sending(first, second);
  first.tabs.close();
  await sending(second);
});

test('a hidden tab gives the role to the one that is looked at', async () => {
  const userId = newUser();
  const first = openTab(userId);
  await sending(first);
  const second = openTab(userId);
  first.hide();
  second.tabs.takeOver();
  await sending(second, first);
});

test('a tab that is looked at keeps the role', async () => {
  const userId = newUser();
  const first = openTab(userId);
  await sending(first);
  const second = openTab(userId);
  const said = new Promise((done) => {
    const channel = new BroadcastChannel(`skerry:${userId}`);
    channel.onmessage = ({ data }: MessageEvent<{ type: string }>) => {
      if (data.type !== 'keeps-sending') return;
      channel.close();
      done(undefined);
    };
  });
  second.tabs.takeOver();
  await said;
  second.timers.pass(10_000);
  await sending(first, second);
});

test('a tab that does not answer for two seconds loses the role, and waits for it again', async () => {
  const userId = newUser();
  // A frozen tab: it holds the lock and hears nothing.
  const stolen = new Promise<string>((tell) => {
    void navigator.locks
      .request(`skerry:${userId}:sender`, () => new Promise(() => undefined))
      .catch((error: unknown) => {
        tell(error instanceof DOMException ? error.name : 'something else');
      });
  });
  const tab = openTab(userId);
  tab.tabs.takeOver();
  tab.timers.pass(1_999);
  expect(tab.tabs.isSender.get()).toBe(false);
  tab.timers.pass(1);
  await sending(tab);
  expect(await stolen).toBe('AbortError');
});

test('a browser that refuses locks leaves each tab to send for itself', async () => {
  vi.spyOn(navigator.locks, 'request').mockRejectedValue(new DOMException('no', 'SecurityError'));
  await sending(openTab(newUser()));
});

test('tabs of one person hear each other; other versions and other people are ignored', async () => {
  const userId = newUser();
  const [here, there, stranger] = [openTab(userId), openTab(userId), openTab(newUser())];
  const other = new BroadcastChannel(`skerry:${userId}`);
  other.postMessage({ version: 2, type: 'leave' });
  other.postMessage({ version: 1, type: 'dance' });
  other.postMessage('leave');
  other.close();
  here.tabs.operationsChanged();
  tellTabsToLeave(userId);
  await expect.poll(() => there.heard).toEqual(['operations-changed', 'leave']);
  expect(here.heard).toEqual(['leave']);
  expect(stranger.heard).toEqual([]);
});
