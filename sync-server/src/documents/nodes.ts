import { parseDocumentName } from '@skerry/protocol/documentName.ts';
import type { RoomId } from '@skerry/protocol/ids.ts';
import type { Logger } from 'pino';
import type { SessionReader } from '../accounts/sessionReader.ts';
import type { Bus } from '../platform/bus/bus.ts';
import type { NodeMessage } from '../platform/bus/nodeMessage.ts';
import { Rounds } from '../platform/rounds.ts';
import { describeError } from './describeError.ts';
import type { Lane } from './lane.ts';
import type { OwnDocuments } from './ownDocuments.ts';
import type { PresenceRelay } from './presenceRelay.ts';
import type { UpdateLog } from './updateLog.ts';

/** How often it is looked whether a round is due; ticks come a little early or late. */
const TICK_MS = 1_000;
/** How often the log is asked for what others committed: where nobody tells, and where a process may have died before it told. */
const LOOK_MS = { told: 5_000, untold: 1_000 };
/** How often access is judged anew although nobody said that it changed; often enough for 5 s in all when nothing can be heard. */
const RECHECK_MS = { reachable: 30_000, cutOff: 3_000 };

interface Deps {
  bus: Bus;
  log: Logger;
  updateLog: Pick<UpdateLog, 'findProgress'>;
  lanes: ReadonlyMap<string, Lane>;
  own: OwnDocuments;
  forget: SessionReader['forget'];
  presence: PresenceRelay;
}

export interface Nodes {
  /** This process has committed a document up to a version. */
  committed: (name: string, version: number) => void;
  stop: () => void;
}

/**
 * Keeps this process' documents and sockets up with what the others do. News only makes it quick: whatever
 * was not heard is found by looking into the database.
 */
export function createNodes(deps: Deps): Nodes {
  const follower = new Follower(deps);
  const committed = new Map<string, number>();
  const unsubscribe = deps.bus.subscribe({
    hear: (message) => {
      follower.hear(message);
    },
    missed: () => {
      follower.lookAround();
    },
  });
  const ticking = setInterval(() => {
    follower.tick();
  }, TICK_MS);
  ticking.unref();
  return {
    committed: (name, version) => {
      // Where news is slow the others look at the log themselves: a row per commit would cost more.
      if (deps.bus.reach !== 'instant') return;
      if (committed.size === 0)
        setImmediate(() => {
          deps.bus.publish({ type: 'committed', documents: [...committed] });
          committed.clear();
        });
      committed.set(name, version);
    },
    stop: () => {
      clearInterval(ticking);
      unsubscribe();
      follower.stop();
    },
  };
}

class Follower {
  readonly #deps: Deps;
  /** Versions that lanes are on their way to. */
  readonly #targets = new Map<Lane, number>();
  readonly #look = new Rounds(0, () => this.#run('look', this.#readProgress()));
  readonly #recheck = new Rounds(0, () => this.#run('recheck', this.#deps.own.rejudge({})));
  readonly #around = new Rounds(0, () => this.#run('everything', this.#lookAround()));
  /** Something could not be followed, and nobody will say it again. */
  #isAstray = false;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  hear(message: NodeMessage): void {
    const { own, presence, forget } = this.#deps;
    switch (message.type) {
      case 'committed':
        for (const [name, version] of message.documents) this.#follow(name, version);
        return;
      case 'access': {
        const { type, ...change } = message;
        forget(change);
        void this.#run(type, own.rejudge(change));
        return;
      }
      case 'room':
        void this.#run(message.type, own.refreshRoom(message.roomId));
        return;
      case 'user':
        void this.#run(message.type, own.refreshUser(message.userId));
        return;
      case 'head':
        void this.#run(message.type, own.refreshHead(message.roomId));
        return;
      case 'sessions-ended':
        forget(message);
        own.endSessions(message.sessionIds);
        return;
      case 'presence':
        presence.apply(message.roomId, message.states);
        return;
      case 'who-is-here':
        presence.answer(message.roomIds);
        return;
      case 'activity':
        for (const posted of message.rooms) own.noticed(posted);
        return;
      case 'removed':
        for (const roomId of message.roomIds) own.removed(roomId);
        return;
      case 'read':
        own.readElsewhere(message.roomIds);
        return;
      default:
        message satisfies never;
    }
  }

  /** Something was said that this process did not hear. */
  lookAround(): void {
    this.#around.request();
  }

  tick(): void {
    const { reach } = this.#deps.bus;
    const lookMs = reach === 'instant' ? LOOK_MS.told : LOOK_MS.untold;
    const recheckMs = reach === 'cut-off' ? RECHECK_MS.cutOff : RECHECK_MS.reachable;
    if (this.#isAstray && !this.#around.isRunning) this.lookAround();
    if (reach !== 'alone' && isDue(this.#look, lookMs)) this.#look.request();
    if (isDue(this.#recheck, recheckMs)) this.#recheck.request();
  }

  stop(): void {
    for (const rounds of [this.#look, this.#recheck, this.#around]) rounds.close();
  }

  async #lookAround(): Promise<void> {
    const { own, presence } = this.#deps;
    presence.askAll();
    own.readElsewhere();
    await Promise.all([this.#readProgress(), own.rejudge({}), own.refreshAll()]);
    this.#isAstray = false;
  }

  #follow(name: string, version: number): void {
    const lane = this.#deps.lanes.get(name);
    if (lane !== undefined) {
      void this.#catchUp(lane, version);
      return;
    }
    // What is being loaded may have been read before that version.
    this.#deps.own.loading(name)?.then(
      () => {
        this.#follow(name, version);
      },
      () => undefined,
    );
  }

  /** Never rejects. One reading for all that is heard meanwhile. */
  async #catchUp(lane: Lane, version: number): Promise<void> {
    const isOnItsWay = this.#targets.has(lane);
    this.#targets.set(lane, Math.max(version, this.#targets.get(lane) ?? -1));
    if (isOnItsWay) return;
    let before = -2;
    // Without progress the database is away; the next look finds it again.
    while (lane.version > before && lane.version < (this.#targets.get(lane) ?? -1)) {
      before = lane.version;
      await lane.catchUp();
    }
    this.#targets.delete(lane);
  }

  async #readProgress(): Promise<void> {
    const { lanes, updateLog, own } = this.#deps;
    if (lanes.size === 0) return;
    const rooms = new Set<RoomId>();
    for (const { name, version, rules } of await updateLog.findProgress([...lanes.keys()])) {
      const lane = lanes.get(name);
      if (lane === undefined) continue;
      if (version > lane.version) void this.#catchUp(lane, version);
      if (rules <= lane.rules) continue;
      void lane.catchUp();
      const parsed = parseDocumentName(name);
      if (parsed?.kind === 'page') rooms.add(parsed.roomId);
    }
    for (const roomId of rooms) await own.rejudge({ roomId });
  }

  /** Never rejects. */
  async #run(what: string, work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      // Once, not at each try after it.
      if (!this.#isAstray)
        this.#deps.log.warn({ what, cause: describeError(error) }, 'news was not followed');
      this.#isAstray = true;
    }
  }
}

function isDue(rounds: Rounds, everyMs: number): boolean {
  return !rounds.isRunning && rounds.ageMs > everyMs - TICK_MS / 2;
}
