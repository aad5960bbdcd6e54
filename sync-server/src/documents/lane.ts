import { parseDocumentName, type DocumentName } from '@skerry/protocol/documentName.ts';
import type { ClientId, MessageId, UserId } from '@skerry/protocol/ids.ts';
import { definePage } from '@skerry/protocol/page/pageDoc.ts';
import { defineRoom } from '@skerry/protocol/room/roomDoc.ts';
import { defineUser } from '@skerry/protocol/user/userDoc.ts';
import type { Logger } from 'pino';
import * as Y from 'yjs';
import type { Clock } from '../platform/clock.ts';
import type { RoomAccess } from './accessStore.ts';
import type { LogEntry } from './commitStatement.ts';
import { describeError } from './describeError.ts';
import { judge } from './gate/gate.ts';
import { judgeReadOnly } from './gate/readOnlyGate.ts';
import type { Acceptance, Frame, GateVerdict, Standing } from './gate/verdict.ts';
import { postpone, type ChangeJob, type Job, type UpdateJob, type Verdict } from './laneJobs.ts';
import { PageBatch } from './pageBatch.ts';
import { forkAndChange } from './serverStructs.ts';
import type { StoredDocument, UpdateLog } from './updateLog.ts';

/** Updates judged per turn. Bigger batches are faster; the bound keeps one commit statement small. */
const MAX_BATCH = 64;
/** Conflicts in a row before the senders are asked to come again. */
const MAX_CONFLICTS = 50;
const FIRST_RECOVERY_DELAY_MS = 100;
const MAX_RECOVERY_DELAY_MS = 5_000;
/** Turns a server change may fail before its caller is told. */
const MAX_CHANGE_ATTEMPTS = 5;

/** Origin of every change to a live document: Hocuspocus sends it to all connections, the sender included. */
const LANE_ORIGIN = { source: 'local' } as const;

export interface LaneOptions {
  /** `page:…`, `room:…` or `user:…`. */
  name: string;
  /** The live document. Only the lane changes it. */
  doc: Y.Doc;
  log: UpdateLog;
  access: RoomAccess;
  clock: Clock;
  serverClientId: ClientId;
  logger?: Logger;
  stats?: LaneStats;
}

export interface LaneStats {
  gates: number;
  conflicts: number;
  /** Times the log could not be reached or an outcome was unknown. */
  failures: number;
}

/**
 * One queue per document: judges, commits and applies, one batch at a time and nothing in between. What is in
 * the live document is in the database; after an unknown outcome the log is read before the next verdict.
 */
export class Lane {
  readonly name: string;
  readonly #parsed: DocumentName;
  readonly #options: LaneOptions;
  readonly #queue: Job[] = [];
  readonly #owners = new Map<ClientId, UserId | null>();
  readonly #elsewhere = new Map<MessageId, UserId>();
  /** As of `#rules`. */
  readonly #standings = new Map<UserId, Standing | undefined>();
  #room = { locked: false, archived: false };
  #version = -1;
  #rules = 0;
  #firstNumber = 1;
  #isPageClosed = false;
  #isRunning = false;
  #isBehind = false;
  #isClosed = false;
  #conflictsInARow = 0;
  #wake: () => void = () => undefined;

  constructor(options: LaneOptions) {
    const parsed = parseDocumentName(options.name);
    if (parsed === undefined) throw new Error('not a document name');
    this.name = options.name;
    this.#parsed = parsed;
    this.#options = options;
    const define = { page: definePage, room: defineRoom, user: defineUser }[parsed.kind];
    define(options.doc);
  }

  /** Log rows the live document holds. */
  get version(): number {
    return this.#version;
  }

  /** Reads the document from the log; the update is for whoever fills the live document. */
  async load(): Promise<Uint8Array | undefined> {
    const stored = await this.#options.log.load(this.name, -1);
    this.#adopt(stored);
    return stored.update;
  }

  /** Loads and fills the live document. */
  async open(): Promise<void> {
    const update = await this.load();
    if (update !== undefined) Y.applyUpdate(this.#options.doc, update, LANE_ORIGIN);
  }

  /** Judges, commits and applies one update of a member. Never rejects. */
  submit(update: Uint8Array, userId: UserId, frame: Frame): Promise<Verdict> {
    return new Promise((settle) => {
      this.#push({ kind: 'update', update, userId, frame, settle });
    });
  }

  /**
   * The server's own change. `prepare` runs when its turn has come, so that what it read is the newest; the
   * function it returns changes a throw-away fork. Rejects when it cannot be stored.
   */
  change(prepare: () => Promise<(fork: Y.Doc) => void>): Promise<void> {
    return new Promise((settle, fail) => {
      this.#push({ kind: 'change', prepare, attempts: 0, settle, fail });
    });
  }

  /** Reads what others have committed; settles when the live document holds it, or when that is not possible now. */
  catchUp(): Promise<void> {
    return new Promise((settle) => {
      this.#push({ kind: 'catch-up', settle });
    });
  }

  /** Roles, names or room settings changed: look again before the next verdict. */
  outdateRules(): void {
    this.#standings.clear();
    this.#isBehind = true;
  }

  /** Knows whose a client id is; undefined for one never seen here. */
  ownerOf(client: ClientId): UserId | null | undefined {
    return client === this.#options.serverClientId ? null : this.#owners.get(client);
  }

  /** Answers what waits with "later" and does nothing more. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
    this.#answerWaiting();
  }

  #push(job: Job): void {
    this.#queue.push(job);
    if (this.#isClosed) this.#answerWaiting();
    else if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    // Updates submitted in the same tick share a commit.
    await Promise.resolve();
    while (this.#queue.length > 0 && !this.#isClosed) {
      const jobs = this.#takeJobs();
      try {
        await this.#turn(jobs);
      } catch (error) {
        await this.#recover(jobs, error);
      }
    }
    this.#isRunning = false;
  }

  /** One server job, or all updates that wait before the next one. */
  #takeJobs(): Job[] {
    const other = this.#queue.findIndex(({ kind }) => kind !== 'update');
    const waiting = other === -1 ? this.#queue.length : Math.max(1, other);
    return this.#queue.splice(0, Math.min(waiting, MAX_BATCH));
  }

  async #turn(jobs: Job[]): Promise<void> {
    if (this.#isBehind) await this.#readLog();
    const [first] = jobs;
    if (first?.kind === 'change') return this.#makeChange(first);
    if (first?.kind === 'catch-up') {
      await this.#readLog();
      first.settle();
      return;
    }
    const updates = jobs.filter((job) => job.kind === 'update');
    if (this.#parsed.kind === 'page') await this.#judgePage(updates);
    else this.#judgeReadOnly(updates);
  }

  #judgeReadOnly(jobs: UpdateJob[]): void {
    for (const job of jobs) {
      this.#count('gates');
      const verdict = judgeReadOnly(this.#options.doc, job.update, job.frame);
      if (verdict.kind === 'accept' || verdict.kind === 'later')
        throw new Error('a read-only document accepted an update');
      job.settle(verdict);
    }
  }

  async #judgePage(jobs: UpdateJob[]): Promise<void> {
    if (this.#parsed.kind !== 'page') return;
    await this.#loadStandings(jobs.map(({ userId }) => userId));
    const { roomId, page } = this.#parsed;
    const { doc, serverClientId, clock } = this.#options;
    const batch = new PageBatch({
      name: this.name,
      roomId,
      page,
      doc,
      version: this.#version,
      rules: this.#rules,
      firstNumber: this.#firstNumber,
      serverClientId,
      now: clock(),
    });
    const taken: { job: UpdateJob; accepted: Acceptance }[] = [];
    const postponed: UpdateJob[] = [];
    for (const job of jobs) {
      const verdict = this.#judge(job);
      if (verdict.kind === 'accept') {
        if (postponed.length > 0 || batch.meets(verdict)) postponed.push(job);
        else {
          batch.add(job.update, job.userId, this.#standings.get(job.userId), verdict);
          taken.push({ job, accepted: verdict });
        }
      } else if (verdict.kind !== 'later') job.settle(verdict);
      // What is missing may be an update of this very batch.
      else if (batch.isEmpty) job.settle({ kind: 'later', reason: 'gap' });
      else postponed.push(job);
    }
    if (!batch.isEmpty && !(await this.#commit(batch.toEntry()))) {
      await this.#afterConflict(batch.postedIds);
      this.#queue.unshift(...taken.map(({ job }) => job), ...postponed);
      return;
    }
    for (const { job, accepted } of taken) {
      job.settle({ kind: 'accept', messages: accepted.posts.length + accepted.edits.length });
    }
    this.#queue.unshift(...postponed);
  }

  #judge(job: UpdateJob): GateVerdict {
    this.#count('gates');
    const view = {
      doc: this.#options.doc,
      owners: this.#owners,
      serverClientId: this.#options.serverClientId,
      closed: this.#isPageClosed,
      room: this.#room,
      standing: this.#standings.get(job.userId),
      elsewhere: this.#elsewhere,
    };
    return judge(view, job.update, job.userId, job.frame);
  }

  async #makeChange(job: ChangeJob): Promise<void> {
    job.attempts++;
    const { doc, serverClientId } = this.#options;
    const made = forkAndChange(doc, serverClientId, await job.prepare());
    if (made !== undefined) {
      const committed = await this.#commit({
        name: this.name,
        version: this.#version,
        rules: this.#rules,
        updates: [made.update],
        clients: [{ id: serverClientId, owner: null, nextClock: made.nextClock }],
        posts: [],
        edits: [],
      });
      if (!committed) {
        await this.#afterConflict([]);
        this.#queue.unshift(job);
        return;
      }
    }
    job.settle();
  }

  /** Commits, then applies in commit order in one Yjs transaction: one frame carries updates and `order`. */
  async #commit(entry: LogEntry): Promise<boolean> {
    if (!(await this.#options.log.commit(entry))) return false;
    this.#conflictsInARow = 0;
    this.#apply(entry.updates);
    this.#version = entry.version + entry.updates.length;
    for (const { id, owner } of entry.clients) this.#owners.set(id, owner);
    return true;
  }

  #apply(updates: Uint8Array[]): void {
    this.#options.doc.transact(() => {
      for (const update of updates) Y.applyUpdate(this.#options.doc, update, LANE_ORIGIN);
    }, LANE_ORIGIN);
  }

  /** Another node, an access change or a lost answer was faster. Nobody is refused for it. */
  async #afterConflict(ids: MessageId[]): Promise<void> {
    this.#count('conflicts');
    if (++this.#conflictsInARow > MAX_CONFLICTS) {
      this.#conflictsInARow = 0;
      throw new Error('too many conflicts in a row');
    }
    await this.#readLog();
    if (this.#parsed.kind !== 'page') return;
    const held = new Set(this.#options.doc.getMap('messages').keys());
    const unknown = ids.filter((id) => !held.has(id));
    const authors = await this.#options.log.findAuthors(this.#parsed.roomId, unknown);
    for (const [id, author] of authors) this.#elsewhere.set(id, author);
  }

  async #readLog(): Promise<void> {
    this.#isBehind = false;
    try {
      const stored = await this.#options.log.load(this.name, this.#version);
      if (stored.update !== undefined) this.#apply([stored.update]);
      this.#adopt(stored);
    } catch (error) {
      this.#isBehind = true;
      throw error;
    }
  }

  #adopt(stored: StoredDocument): void {
    if (stored.rules !== this.#rules) this.#standings.clear();
    this.#version = stored.version;
    this.#rules = stored.rules;
    this.#isPageClosed = stored.closed;
    this.#firstNumber = stored.firstNumber;
    for (const [client, owner] of stored.owners) this.#owners.set(client, owner);
  }

  async #loadStandings(userIds: UserId[]): Promise<void> {
    const missing = [...new Set(userIds)].filter((id) => !this.#standings.has(id));
    if (missing.length === 0 || this.#parsed.kind !== 'page') return;
    const { room, standings } = await this.#options.access.loadStandings(
      this.#parsed.roomId,
      missing,
    );
    this.#room = room;
    for (const id of missing) this.#standings.set(id, standings.get(id));
  }

  /** The outcome is unknown: nobody is refused, and the log is read until that works. */
  async #recover(jobs: Job[], error: unknown): Promise<void> {
    this.#count('failures');
    this.#options.logger?.warn(
      { document: this.name, cause: describeError(error) },
      'a turn of the lane failed',
    );
    for (const job of jobs) {
      if (job.kind !== 'change') postpone(job);
      else if (job.attempts >= MAX_CHANGE_ATTEMPTS) job.fail(error);
      else this.#queue.unshift(job);
    }
    let delayMs = FIRST_RECOVERY_DELAY_MS;
    while (!this.#isClosed) {
      try {
        await this.#readLog();
        return;
      } catch (cause) {
        this.#options.logger?.warn(
          { document: this.name, cause: describeError(cause) },
          'the log was not read',
        );
      }
      for (const job of this.#queue) postpone(job);
      this.#keepChanges();
      await this.#sleep(delayMs);
      delayMs = Math.min(delayMs * 2, MAX_RECOVERY_DELAY_MS);
    }
  }

  #keepChanges(): void {
    const changes = this.#queue.filter(({ kind }) => kind === 'change');
    this.#queue.splice(0, this.#queue.length, ...changes);
  }

  #answerWaiting(): void {
    for (const job of this.#queue.splice(0)) {
      if (job.kind === 'change') job.fail(new Error(`the lane of ${this.name} was closed`));
      else postpone(job);
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #count(what: keyof LaneStats): void {
    if (this.#options.stats !== undefined) this.#options.stats[what]++;
  }
}
