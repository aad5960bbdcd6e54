import type { UserId } from '@skerry/protocol/ids.ts';
import { TYPING_EXPIRES_MS } from '@skerry/protocol/presence/presence.ts';
import { expect, test } from 'vitest';
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import { Doc } from 'yjs';
import { createManualTimers } from '../../test/sync/manualTimers.ts';
import { ANN } from '../../test/sync/operations.ts';
import { createPresence } from './presence.ts';

const BO = { id: '01900000-0000-7000-8000-00000000000b' as UserId, name: 'Bo', avatar: '20' };

/** My line of a room, with Bo's device at the other end of it. */
function room() {
  const timers = createManualTimers();
  const presence = createPresence(ANN, timers);
  const mine = new Awareness(new Doc());
  const bo = new Awareness(new Doc());
  const pass = (from: Awareness, to: Awareness): void => {
    applyAwarenessUpdate(to, encodeAwarenessUpdate(from, [from.clientID]), 'the server');
  };
  presence.follow(mine);
  return {
    timers,
    presence,
    boSays: (state: object | null) => {
      bo.setLocalState(state);
      pass(bo, mine);
    },
    mine,
    end: () => {
      presence.close();
      for (const one of [mine, bo]) one.destroy();
    },
  };
}

test('somebody who types is shown until the mark expires by this device’s clock', () => {
  const { timers, presence, boSays, end } = room();
  boSays({ user: BO, typing: true });
  expect([presence.here.get(), presence.typing.get()]).toEqual([[BO], [BO]]);
  timers.pass(TYPING_EXPIRES_MS - 1);
  expect(presence.typing.get()).toEqual([BO]);
  timers.pass(1);
  expect([presence.here.get(), presence.typing.get()]).toEqual([[BO], []]);
  end();
});

test('a renewed mark lives on', () => {
  const { timers, presence, boSays, end } = room();
  boSays({ user: BO, typing: true });
  timers.pass(TYPING_EXPIRES_MS - 1);
  boSays({ user: BO, typing: true });
  timers.pass(TYPING_EXPIRES_MS - 1);
  expect(presence.typing.get()).toEqual([BO]);
  end();
});

test('who leaves is gone at once, and without a line nobody is known to be here', () => {
  const { presence, boSays, end } = room();
  boSays({ user: BO, typing: true });
  boSays(null);
  expect([presence.here.get(), presence.typing.get()]).toEqual([[], []]);
  boSays({ user: BO, typing: false });
  presence.follow(null);
  expect(presence.here.get()).toEqual([]);
  end();
});

test('what is no presence is not shown, and my other devices are me', () => {
  const { presence, boSays, end } = room();
  boSays({ user: { id: 'nobody' }, typing: true });
  boSays({ user: { ...BO, id: ANN }, typing: true });
  expect([presence.here.get(), presence.typing.get()]).toEqual([[], []]);
  end();
});

test('my own typing is told at once, renewed at half its life, and ended once', () => {
  const { timers, presence, mine, end } = room();
  const told: unknown[] = [];
  mine.on('update', () => told.push(mine.getLocalState()?.['typing']));
  presence.setTyping(true);
  presence.setTyping(true);
  timers.pass(TYPING_EXPIRES_MS / 2);
  presence.setTyping(true);
  presence.setTyping(false);
  presence.setTyping(false);
  expect(told).toEqual([true, true, false]);
  end();
});
