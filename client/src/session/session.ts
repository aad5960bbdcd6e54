import type { OwnUser } from '@skerry/protocol/api/accounts.ts';
import { fetchMe } from '../api/accounts.ts';
import { RefusedError } from '../api/refusedError.ts';
import { roomsResource } from '../api/rooms.ts';
import { sessionsResource } from '../api/sessions.ts';
import { wipeDevice } from '../sync/deviceData.ts';
import { createCell, derive, type Derived } from '../sync/readable.ts';
import { openSkerry } from '../sync/skerry.ts';
import type { ConnectionState, Readable, Skerry } from '../sync/views.ts';
import { readLastUser, writeLastUser, type LastUser } from './lastUser.ts';
import {
  emptyStorage,
  endServerSession,
  forgetLeftoverSession,
  hasLeftoverSession,
} from './signOut.ts';
import { openTabsChannel } from './tabsChannel.ts';

export type SessionState =
  | { kind: 'opening' }
  /** `note`: what signing out could not do. */
  | { kind: 'nobody'; note: 'server-not-told' | 'not-wiped' | undefined }
  | {
      kind: 'open';
      user: LastUser;
      skerry: Skerry;
      /** Without the flicker of trying again: between two tries it stays what it was. */
      connection: Derived<ConnectionState>;
      /** The server no longer knows the session: everything stays readable. */
      hasEnded: boolean;
    };

export interface Session {
  state: Readable<SessionState>;
  /** Opens what the last person left on this device, without waiting for a request. */
  start: () => Promise<void>;
  /** The server has just said who this is. */
  enter: (user: OwnUser) => Promise<void>;
  /** The own profile was changed. */
  updateUser: (user: OwnUser) => void;
  /** Ends the session and leaves nothing of it on this device. */
  signOut: () => Promise<void>;
}

/** Who uses this tab. `syncUrl`: ws(s)://host/sync */
export function createSession(syncUrl: string): Session {
  const state = createCell<SessionState>({ kind: 'opening' });
  const tabs = openTabsChannel({
    onEntered: () => void followOtherTab(),
    onLeft: () => void leaveWithOtherTab(),
  });
  /** Opening and closing take turns: two at once would fight over the same databases. */
  let turn: Promise<void> = Promise.resolve();
  /** Who came and went in this tab: an answer about the one before is of no use. */
  let changes = 0;
  function inTurn(job: () => Promise<void>): Promise<void> {
    turn = turn.then(job, job);
    return turn;
  }

  async function start(): Promise<void> {
    const user = readLastUser();
    if (user !== undefined) await inTurn(() => open(user));
    else await startWithNobody();
    if (state.get().kind === 'opening') state.set({ kind: 'nobody', note: undefined });
    await askWhoIAm();
  }

  async function startWithNobody(): Promise<void> {
    if (!hasLeftoverSession()) return;
    // The form is there meanwhile; entering takes its turn after this.
    state.set({ kind: 'nobody', note: undefined });
    await inTurn(async () => {
      await endServerSession();
    });
  }

  async function askWhoIAm(): Promise<void> {
    if (hasLeftoverSession()) return;
    const asked = changes;
    try {
      const me = await fetchMe();
      if (asked === changes) await enter(me);
    } catch (error) {
      if (asked !== changes) return;
      const isOver = error instanceof RefusedError && error.code === 'unauthenticated';
      const current = state.get();
      // Only a clear "no" says so: everything else may be the network.
      if (isOver && current.kind === 'open') state.set({ ...current, hasEnded: true });
    }
  }

  function enter(me: OwnUser): Promise<void> {
    changes += 1;
    return inTurn(async () => {
      forgetLeftoverSession();
      writeLastUser(me);
      const current = state.get();
      if (current.kind === 'open' && current.user.id === me.id) {
        const isBack = current.hasEnded || current.skerry.connection.get() === 'signed-out';
        state.set({ ...current, user: me, hasEnded: false });
        if (isBack) {
          current.skerry.reconnect();
          tabs.tellEntered();
        }
        return;
      }
      tabs.tellEntered();
      await close();
      await open(me);
    });
  }

  async function open(user: LastUser): Promise<void> {
    const person = { id: user.id, name: user.displayName, avatar: user.avatar };
    const skerry = await openSkerry({ person, url: syncUrl, guarded: import.meta.env.DEV });
    state.set({
      kind: 'open',
      user,
      skerry,
      connection: settle(skerry.connection),
      hasEnded: false,
    });
  }

  async function close(): Promise<void> {
    const current = state.get();
    if (current.kind !== 'open') return;
    state.set({ kind: 'opening' });
    roomsResource.clear();
    sessionsResource.clear();
    current.connection.close();
    await current.skerry.close();
  }

  function updateUser(me: OwnUser): void {
    const current = state.get();
    if (current.kind !== 'open' || current.user.id !== me.id) return;
    writeLastUser(me);
    state.set({ ...current, user: me });
  }

  function signOut(): Promise<void> {
    changes += 1;
    return inTurn(async () => {
      const current = state.get();
      if (current.kind !== 'open') return;
      const told = endServerSession();
      await close();
      await emptyStorage();
      const isWiped = await wipeDevice(current.user.id).then(
        () => true,
        () => false, // said on the sign-in screen
      );
      tabs.tellLeft();
      await emptyStorage(); // what a closing screen wrote meanwhile
      state.set({ kind: 'nobody', note: isWiped ? undefined : 'not-wiped' });
      const isTold = await told;
      const after = state.get();
      if (!isTold && isWiped && after.kind === 'nobody') {
        state.set({ kind: 'nobody', note: 'server-not-told' });
      }
    });
  }

  /** Another tab signed in: as the same person this one goes on, as another it shows theirs. */
  function followOtherTab(): Promise<void> {
    changes += 1;
    return inTurn(async () => {
      const user = readLastUser();
      const current = state.get();
      if (user === undefined) return;
      if (current.kind === 'open' && current.user.id === user.id) {
        state.set({ ...current, user, hasEnded: false });
        current.skerry.reconnect();
        return;
      }
      await close();
      await open(user);
    });
  }

  function leaveWithOtherTab(): Promise<void> {
    changes += 1;
    return inTurn(async () => {
      await close();
      state.set({ kind: 'nobody', note: undefined });
    });
  }

  return { state, start, enter, updateUser, signOut };
}

function settle(connection: Readable<ConnectionState>): Derived<ConnectionState> {
  return derive<ConnectionState>([connection], (last) => {
    const now = connection.get();
    return now === 'connecting' && last !== undefined ? last : now;
  });
}
