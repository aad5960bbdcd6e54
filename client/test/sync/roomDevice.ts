import type { EpochMs, RoomId, UserId } from '@skerry/protocol/ids.ts';
import type { LocalStore } from '../../src/sync/localStore.ts';
// What the client loads when there is time is there at once: a story does not hang on when.
import '../../src/sync/prefetch.ts';
import '../../src/sync/sentKeeper.ts';
import { openSkerry } from '../../src/sync/skerry.ts';
import type { OpenRoom, Skerry } from '../../src/sync/views.ts';
import { createDisk, type Disk } from './disk.ts';
import type { Pipe, PipeServer } from './lossyPipe.ts';
import { createPipeLine } from './pipeLine.ts';

/** One browser with one room on screen: all of the shipped client but its socket and its databases. */
export interface RoomDevice {
  userId: UserId;
  skerry: () => Skerry;
  room: () => OpenRoom;
  disk: Disk;
  connect: (server: PipeServer) => void;
  pipe: () => Pipe | undefined;
  cut: (late: boolean) => void;
  /** What dead connections still carried is lost. */
  forgetLate: () => void;
  moveLate: () => Promise<boolean>;
  runTimers: () => boolean;
  /** The process dies and starts again; the outbox stays, the stored documents perhaps. */
  restart: (keepStored: boolean) => Promise<void>;
  close: () => Promise<void>;
}

export async function openRoomDevice(
  roomId: RoomId,
  userId: UserId,
  now: () => EpochMs,
): Promise<RoomDevice> {
  const disk = createDisk(now);
  let late: Pipe[] = [];
  let life = await begin(new Map());

  async function begin(kept: Map<string, Uint8Array>) {
    const timers = new Set<() => void>();
    const pipeLine = createPipeLine(userId, kept);
    const storage = mortal(disk.store);
    const skerry = await openSkerry({
      person: { id: userId, name: '', avatar: '' },
      url: '',
      storage: storage.store,
      timers: {
        now,
        setTimeout: (run) => {
          timers.add(run);
          return () => timers.delete(run);
        },
      },
      wakeSources: { page: undefined, scope: undefined },
      guarded: true,
      connect: () => pipeLine.line,
    });
    return { timers, pipeLine, storage, skerry, room: skerry.openRoom(roomId) };
  }

  const cut = (isLate: boolean): void => {
    const dead = life.pipeLine.cut(isLate);
    if (dead !== undefined) late.push(dead);
  };
  return {
    userId,
    skerry: () => life.skerry,
    room: () => life.room,
    disk,
    connect: (server) => {
      life.pipeLine.connect(server);
    },
    pipe: () => life.pipeLine.pipe(),
    cut,
    forgetLate: () => {
      late = [];
    },
    moveLate: async () => {
      const [first] = late;
      if (first === undefined) return false;
      if (!(await first.moveUp())) late.shift();
      return true;
    },
    runTimers: () => {
      const due = [...life.timers];
      life.timers.clear();
      for (const run of due) run();
      return due.length > 0;
    },
    restart: async (keepStored) => {
      cut(false);
      const copies = life.pipeLine.copies();
      life.storage.die();
      await disk.crash();
      void life.skerry.close();
      life = await begin(keepStored ? copies : new Map<string, Uint8Array>());
    },
    close: async () => {
      cut(false);
      life.room.close();
      await life.skerry.close();
    },
  };
}

/** A dead process neither reads nor writes any more. */
function mortal(store: LocalStore): { store: LocalStore; die: () => void } {
  let isDead = false;
  const alive =
    <A extends unknown[], R>(run: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> =>
      isDead ? new Promise<R>(() => undefined) : run(...args);
  return {
    store: {
      kind: store.kind,
      load: alive(store.load),
      change: alive(store.change),
      loadSent: alive(store.loadSent),
      changeSent: alive(store.changeSent),
      loadDraft: alive(store.loadDraft),
      saveDraft: alive(store.saveDraft),
      loadMeta: alive(store.loadMeta),
      saveMeta: alive(store.saveMeta),
      close: store.close,
    },
    die: () => {
      isDead = true;
    },
  };
}
