import { lazy, type ReactNode } from 'react';
import { isRoomId } from '@skerry/protocol/ids.ts';
import { Route, Switch, useLocation } from 'wouter';
import { Conversation } from '../features/conversation/Conversation.tsx';
import { RoomList } from '../features/rooms/RoomList.tsx';
import { t } from '../text/text.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { AccountRow } from './AccountRow.tsx';
import { BottomBar } from './BottomBar.tsx';
import { MemoryBanner } from './MemoryBanner.tsx';
import { Part } from './Part.tsx';
import { TideLine } from './TideLine.tsx';
import { UpdateBanner } from './UpdateBanner.tsx';
import type { Updates } from './updates.ts';

const OutboxScreen = lazy(async () => {
  const { OutboxScreen: screen } = await import('../features/outbox/OutboxScreen.tsx');
  return { default: screen };
});
const SettingsNav = lazy(async () => {
  const { SettingsNav: screen } = await import('../features/settings/SettingsNav.tsx');
  return { default: screen };
});
const Settings = lazy(async () => {
  const { Settings: screen } = await import('../features/settings/Settings.tsx');
  return { default: screen };
});

const ROOM_PATH = /^\/room\/([^/]+)$/;
const SETTINGS_PATH = /^\/settings(?:\/([^/]+))?$/;
/** What stands beside the list of settings while none was chosen. */
const FIRST_SECTION = 'profile';

/** The frame of a signed-in person: a list beside one screen; on a phone one of the two at a time. */
export function Shell({ updates }: { updates: Updates }) {
  const [path] = useLocation();
  const roomId = ROOM_PATH.exec(path)?.[1];
  const settings = SETTINGS_PATH.exec(path);
  const isInRoom = roomId !== undefined;
  const isAtList = path === '/' || path === '/settings';
  return (
    <div className="grid h-(--app-height) grid-rows-[auto_minmax(0,1fr)_auto] overflow-hidden ps-[env(safe-area-inset-left)] pe-[env(safe-area-inset-right)] pt-[env(safe-area-inset-top)]">
      <div>
        <TideLine />
        <UpdateBanner updates={updates} />
        <MemoryBanner />
      </div>
      <div
        className={`grid min-h-0 desktop:grid-cols-[260px_minmax(0,1fr)] ${settings === null ? 'rail:grid-cols-[72px_minmax(0,1fr)]' : 'rail:grid-cols-[220px_minmax(0,1fr)]'}`}
      >
        <div
          className={`min-h-0 min-w-0 flex-col border-line bg-surface-0 tablet:flex tablet:border-e ${isAtList ? 'flex' : 'hidden'}`}
        >
          {settings === null ? (
            <>
              <RoomList activeRoomId={isRoomId(roomId) ? roomId : undefined} />
              <AccountRow />
            </>
          ) : (
            <Part>
              <SettingsNav path={`/settings/${settings[1] ?? FIRST_SECTION}`} />
            </Part>
          )}
        </div>
        <main
          className={`min-h-0 min-w-0 flex-col bg-surface-1 tablet:flex ${isAtList ? 'hidden' : 'flex'}`}
        >
          <Switch>
            <Route path="/room/:id">{renderRoom(roomId)}</Route>
            <Route path="/outbox">
              <Part>
                <OutboxScreen />
              </Part>
            </Route>
            <Route path="/settings/:section?">
              <Part key={settings?.[1]}>
                <Settings section={settings?.[1] ?? FIRST_SECTION} />
              </Part>
            </Route>
            <Route path="/">
              <EmptyState title={t('app.noRoom')} text={t('app.noRoomText')} />
            </Route>
            <Route>{renderNowhere()}</Route>
          </Switch>
        </main>
      </div>
      {!isInRoom && <BottomBar />}
    </div>
  );
}

function renderRoom(roomId: string | undefined): ReactNode {
  if (!isRoomId(roomId)) return renderNowhere();
  return (
    <Part key={roomId}>
      <Conversation roomId={roomId} />
    </Part>
  );
}

function renderNowhere(): ReactNode {
  return <EmptyState title={t('app.nowhere')} text={t('app.nowhereText')} />;
}
