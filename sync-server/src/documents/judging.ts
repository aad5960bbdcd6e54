import type {
  Connection,
  Extension,
  afterHandleMessagePayload,
  beforeSyncPayload,
  onDisconnectPayload,
  onStatelessPayload,
} from '@hocuspocus/server';
import type { ClientId, UserId } from '@skerry/protocol/ids.ts';
import {
  encodeStateless,
  parseClientMessage,
  type ServerMessage,
} from '@skerry/protocol/stateless.ts';
import type { Logger } from 'pino';
import * as Y from 'yjs';
import type { Clock } from '../platform/clock.ts';
import type { OffenceLog } from './auditStore.ts';
import { describeError } from './describeError.ts';
import type { Refused } from './gate/verdict.ts';
import type { Lane } from './lane.ts';
import type { Verdict } from './laneJobs.ts';
import { Offenders, type Sent } from './offenders.ts';
import type { Pacing } from './pacing.ts';
import { SkippedFrames } from './skippedFrames.ts';
import type { DocumentStats } from './stats.ts';
import { SyncRequests } from './syncRequests.ts';
import type { SyncContext } from './syncSocket.ts';

/** Sub-types of a sync message (y-protocols). */
const SYNC_STEP_1 = 0;
const SYNC_STEP_2 = 1;
const UPDATE = 2;
/** An update without structs and deletes. */
const EMPTY_UPDATE_BYTES = 2;
/** When a client may try again after a gap or a fault of ours. */
const LATER_MS = 300;
const UNAVAILABLE_MS = 1_000;
/** Bytes that count as one message: an update is stored with what it repeats. */
const BYTES_PER_MESSAGE = 16_384;

interface Deps {
  lanes: ReadonlyMap<string, Lane>;
  pacing: Pacing;
  offences: OffenceLog;
  clock: Clock;
  log: Logger;
  stats: DocumentStats;
  /** Others write into this database as well. */
  isShared: () => boolean;
}

export interface Judging {
  extension: Extension<SyncContext>;
  close: () => void;
}

/** Hands every incoming update to its document's lane and tells the sender the verdict. */
export function createJudging(deps: Deps): Judging {
  const frames = new SkippedFrames();
  const requests = new SyncRequests();
  const judge = new Judge(deps, frames, requests);
  return {
    close: () => {
      requests.stopAll();
    },
    extension: {
      beforeSync: (sync: beforeSyncPayload<SyncContext>) => judge.take(sync),
      afterHandleMessage: ({ connection }: afterHandleMessagePayload<SyncContext>) => {
        frames.restore(connection);
        if (!connection.document.hasConnection(connection)) requests.stop(connection);
        return Promise.resolve();
      },
      onStateless: (payload: onStatelessPayload) => {
        answerStateless(payload);
        return Promise.resolve();
      },
      onDisconnect: ({ document }: onDisconnectPayload<SyncContext>) => {
        requests.stopClosed(document);
        return Promise.resolve();
      },
    },
  };
}

class Judge {
  readonly #deps: Deps;
  readonly #frames: SkippedFrames;
  readonly #requests: SyncRequests;
  readonly #offenders: Offenders;
  /** Connections whose first answer was all there is. */
  readonly #greeted = new WeakSet<Connection>();

  constructor(deps: Deps, frames: SkippedFrames, requests: SyncRequests) {
    this.#deps = deps;
    this.#frames = frames;
    this.#requests = requests;
    this.#offenders = new Offenders(deps);
  }

  /** Never throws: Hocuspocus would close the document for it. */
  async take(sync: beforeSyncPayload<SyncContext>): Promise<void> {
    const { connection, context, type } = sync;
    const { identity } = context;
    if (identity === undefined || !connection.document.hasConnection(connection)) {
      this.#frames.skip(connection);
      return;
    }
    try {
      if (type === SYNC_STEP_1) await this.#compareState({ ...sync, identity });
      else if (type === SYNC_STEP_2 || type === UPDATE) await this.#judge({ ...sync, identity });
    } catch (error) {
      this.#deps.log.error(
        { document: sync.documentName, cause: describeError(error) },
        'a sync message failed',
      );
      this.#later(connection, UNAVAILABLE_MS);
    }
  }

  /** A device that is ahead in what it did not write holds a copy the server never stored. */
  async #compareState(sent: Sent): Promise<void> {
    const { payload, documentName, document, connection, identity } = sent;
    const lane = this.#deps.lanes.get(documentName);
    const theirs = readStateVector(payload);
    if (theirs === undefined) {
      this.#frames.skip(connection);
      await this.#offenders.punish(sent, 'malformed');
      return;
    }
    if (lane === undefined) return;
    // A device takes what it is given first for all there is, and another process may have stored more.
    const mayLack = this.#deps.isShared() && !this.#greeted.has(connection);
    if (mayLack && (await lane.catchUp())) this.#greeted.add(connection);
    if (await isAheadOfOthers(lane, document, theirs, identity.userId)) this.#rebuild(connection);
  }

  async #judge(sent: Sent): Promise<void> {
    const { payload, connection, documentName } = sent;
    if (payload.length <= EMPTY_UPDATE_BYTES) return;
    const { userId } = sent.identity;
    const delayMs = this.#deps.pacing.delayMs(userId);
    if (delayMs > 0) {
      this.#later(connection, delayMs);
      return;
    }
    const lane = this.#deps.lanes.get(documentName);
    const frame = sent.type === SYNC_STEP_2 ? 'sync-step-2' : 'update';
    const verdict: Verdict =
      lane === undefined
        ? { kind: 'later', reason: 'unavailable' }
        : await lane.submit(payload, userId, frame);
    this.#deps.pacing.spend(userId, costOf(verdict, payload.length));
    switch (verdict.kind) {
      case 'nothing':
      case 'accept':
        this.#requests.stop(connection);
        return;
      case 'later':
        this.#later(connection, verdict.reason === 'gap' ? LATER_MS : UNAVAILABLE_MS);
        return;
      case 'rebuild':
        this.#rebuild(connection);
        await this.#offenders.note(sent, verdict.rule);
        return;
      case 'refuse':
        this.#frames.skip(connection);
        await this.#refuse(sent, verdict);
        return;
      default:
        verdict satisfies never;
    }
  }

  async #refuse(sent: Sent, refused: Refused): Promise<void> {
    const { code, key, client } = refused;
    const { stats } = this.#deps;
    stats.refused[code] = (stats.refused[code] ?? 0) + 1;
    if (refused.hostile !== undefined) {
      await this.#offenders.punish(sent, refused.hostile, refused);
      return;
    }
    send(sent.connection, {
      type: 'refused',
      code,
      ...(key === undefined ? {} : { key }),
      ...(client === undefined ? {} : { client }),
    });
  }

  #rebuild(connection: Connection): void {
    this.#deps.stats.rebuilds++;
    this.#frames.skip(connection);
    send(connection, { type: 'rebuild' });
  }

  #later(connection: Connection, delayMs: number): void {
    this.#deps.stats.later++;
    this.#frames.skip(connection);
    send(connection, { type: 'later', delayMs });
    this.#requests.ask(connection, delayMs);
  }
}

/**
 * Does this state vector tell of structs of others, or of ids that are retired, which the log does not hold?
 * While the log cannot be read nobody knows.
 */
export async function isAheadOfOthers(
  lane: Lane,
  doc: Y.Doc,
  theirs: ReadonlyMap<ClientId, number>,
  userId: UserId,
): Promise<boolean> {
  const isAhead = () =>
    [...theirs].filter(([client, clock]) => clock > Y.getState(doc.store, client));
  if (isAhead().length === 0 || !(await lane.catchUp())) return false;
  return isAhead().some(([client]) => {
    const owner = lane.ownerOf(client);
    return owner !== undefined && (owner !== userId || lane.isRetired(client));
  });
}

/**
 * In messages. Repeating what is known costs work too: a page of it takes a millisecond to see through. So does
 * a client id, which every reader carries for ever; a device has one at a time.
 */
function costOf(verdict: Verdict, bytes: number): number {
  const bySize = Math.floor(bytes / BYTES_PER_MESSAGE);
  if (verdict.kind === 'nothing') return bySize;
  return verdict.kind === 'accept' ? Math.max(1, verdict.messages, verdict.newClients, bySize) : 1;
}

function answerStateless({ connection, payload }: onStatelessPayload): void {
  const message = parseClientMessage(payload);
  if (message?.type === 'barrier') send(connection, { type: 'barrier', id: message.id });
  if (message?.type === 'ping') send(connection, { type: 'pong', id: message.id });
}

function send(connection: Connection, message: ServerMessage): void {
  connection.sendStateless(encodeStateless(message));
}

function readStateVector(bytes: Uint8Array): Map<number, number> | undefined {
  try {
    return Y.decodeStateVector(bytes);
  } catch {
    return undefined; // lib0 throws on truncated input
  }
}
