import { parseDocumentName } from '@skerry/protocol/documentName.ts';
import type { ClientId, UserId } from '@skerry/protocol/ids.ts';
import { definePage } from '@skerry/protocol/page/pageDoc.ts';
import { defineRoom } from '@skerry/protocol/room/roomDoc.ts';
import { defineUser } from '@skerry/protocol/user/userDoc.ts';
import type { Logger } from 'pino';
import type * as Y from 'yjs';
import type { Clock } from '../platform/clock.ts';
import type { RoomAccess } from './accessStore.ts';
import { randomClientId } from './clientId.ts';
import type { LogEntry } from './commitStatement.ts';
import { describeError } from './describeError.ts';
import { judgeReadOnly } from './gate/readOnlyGate.ts';
import type { Acceptance, Frame } from './gate/verdict.ts';
import {
  postpone,
  type ChangeJob,
  type Job,
  type Mint,
  type Prepare,
  type UpdateJob,
  type Verdict,
} from './laneJobs.ts';
import { LoggedDocument } from './loggedDocument.ts';
import type { OnPageClosed, PageSize } from './pageBounds.ts';
import { PageWriting } from './pageWriting.ts';
import { forkAndChange } from './serverStructs.ts';
import type { UpdateLog } from './updateLog.ts';
import { UserWriting } from './userWriting.ts';
import type { Writing } from './writing.ts';

/** Updates judged per turn. Bigger batches are faster; the bound keeps one commit statement small. */
const MAX_BATCH = 64;
/** Conflicts in a row before the senders are asked to come again. */
const MAX_CONFLICTS = 50;
const FIRST_RECOVERY_DELAY_MS = 100;
const MAX_RECOVERY_DELAY_MS = 5_000;
/** Turns a server change may fail before its caller is told. */
const MAX_CHANGE_ATTEMPTS = 5;

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
  /** Must not wait for a turn of the lane. */
  onPageClosed?: OnPageClosed;
  /** When a page is full; absent: PAGE_SIZE. */
  pageSize?: PageSize;
  /** A user document was written anew: the lane has closed, and its document must be loaded again. */
  onRewritten?: () => void;
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
  /** Undefined for what only the server writes. */
  readonly #writing: Writing | undefined;
  readonly #options: LaneOptions;
  readonly #document: LoggedDocument;
  #serverClientId: ClientId;
  readonly #queue: Job[] = [];
  #isRunning = false;
  #isClosed = false;
  #conflictsInARow = 0;
  #wake: () => void = () => undefined;

  constructor(options: LaneOptions) {
    const { name, doc, log } = options;
    const parsed = parseDocumentName(name);
    if (parsed === undefined) throw new Error('not a document name');
    this.name = name;
    this.#options = options;
    this.#serverClientId = options.serverClientId;
    if (parsed.kind === 'page') this.#writing = new PageWriting(options, parsed);
    if (parsed.kind === 'user') this.#writing = new UserWriting(options, parsed);
    const onRewritten = () => {
      this.close();
      options.onRewritten?.();
    };
    this.#document = new LoggedDocument(
      name,
      doc,
      log,
      () => this.#writing?.outdate(),
      parsed.kind === 'user' ? onRewritten : undefined,
    );
    const define = { page: definePage, room: defineRoom, user: defineUser }[parsed.kind];
    define(doc);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Log rows the live document holds. */
  get version(): number {
    return this.#document.version;
  }

  /** Counts the access changes that the next commit knows of. */
  get rules(): number {
    return this.#document.rules;
  }

  /** Reads the document from the log; the update is for whoever fills the live document. */
  load(): Promise<Uint8Array | undefined> {
    return this.#document.load();
  }

  /** Loads and fills the live document. */
  open(): Promise<void> {
    return this.#document.open();
  }

  /** Judges, commits and applies one update of a member. Never rejects. */
  submit(update: Uint8Array, userId: UserId, frame: Frame): Promise<Verdict> {
    return new Promise((settle) => {
      this.#push({ kind: 'update', update, userId, frame, settle });
    });
  }

  /**
   * The server's own change. `prepare` runs when its turn has come, so that what it read is the newest; what
   * it returns changes a throw-away fork. Rejects when it cannot be stored.
   */
  change(prepare: Prepare): Promise<void> {
    return this.write(async (doc, client) => {
      const prepared = await prepare();
      if (typeof prepared === 'function') return forkAndChange(doc, client, prepared);
      const made = forkAndChange(doc, client, prepared.change);
      return made && { ...made, redactions: prepared.redactions };
    });
  }

  /** The server's own update, made when its turn has come, without a fork. Rejects when it cannot be stored. */
  write(mint: Mint): Promise<void> {
    return new Promise((settle, fail) => {
      this.#push({ kind: 'change', mint, attempts: 0, settle, fail });
    });
  }

  /** Reads what others have committed; true: the live document holds it, false: that is not possible now. */
  catchUp(): Promise<boolean> {
    return new Promise((settle) => {
      this.#push({ kind: 'catch-up', settle });
    });
  }

  /** Roles, names or room settings changed: look again before the next verdict. */
  outdateRules(): void {
    this.#writing?.outdate();
    this.#document.isBehind = true;
  }

  /** Knows whose a client id is; undefined for one never seen here. */
  ownerOf(client: ClientId): UserId | null | undefined {
    return client === this.#options.serverClientId ? null : this.#document.owners.get(client);
  }

  /** Whether a client id belongs to the document as it was before it was written anew. */
  isRetired(client: ClientId): boolean {
    return this.#document.isRetired(client);
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
    // A turn that failed while the lane was closed has put its changes back.
    if (this.#isClosed) this.#answerWaiting();
  }

  /** One change of the server, all who wait for one reading of the log, or all updates before the next of these. */
  #takeJobs(): Job[] {
    const reading = this.#queue.findIndex(({ kind }) => kind !== 'catch-up');
    if (reading !== 0) return this.#queue.splice(0, reading === -1 ? this.#queue.length : reading);
    const other = this.#queue.findIndex(({ kind }) => kind !== 'update');
    const waiting = other === -1 ? this.#queue.length : Math.max(1, other);
    return this.#queue.splice(0, Math.min(waiting, MAX_BATCH));
  }

  async #turn(jobs: Job[]): Promise<void> {
    if (this.#document.isBehind) await this.#document.catchUp();
    const bounds = this.#writing?.bounds;
    // Also what another process left undone, that died.
    if (bounds?.isFull(this.#document) === true) await bounds.close(this.#document);
    const [first] = jobs;
    if (first?.kind === 'change') return this.#makeChange(first);
    if (first?.kind === 'catch-up') {
      await this.#document.catchUp();
      for (const job of jobs) if (job.kind === 'catch-up') job.settle(true);
      return;
    }
    const updates = jobs.filter((job) => job.kind === 'update');
    if (this.#writing === undefined) this.#judgeReadOnly(updates);
    else await this.#judge(this.#writing, updates);
    // In a turn of its own: these senders have their answers.
    if (bounds?.isFull(this.#document) === true)
      this.#queue.unshift({ kind: 'catch-up', settle: () => undefined });
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

  async #judge(writing: Writing, jobs: UpdateJob[]): Promise<void> {
    const document = this.#document;
    await writing.prepare(
      document,
      jobs.map(({ userId }) => userId),
    );
    const batch = writing.begin(document);
    const taken: { job: UpdateJob; accepted: Acceptance; newClients: number }[] = [];
    const postponed: UpdateJob[] = [];
    for (const job of jobs) {
      this.#count('gates');
      const verdict = writing.judge(document, job);
      if (verdict.kind === 'accept') {
        if (postponed.length > 0 || batch.meets(verdict, job.update)) postponed.push(job);
        else {
          batch.add(job.update, job.userId, verdict);
          const isNew = (client: ClientId) => !document.owners.has(client);
          const newClients = [...verdict.clients.keys()].filter(isNew).length;
          taken.push({ job, accepted: verdict, newClients });
        }
      } else if (verdict.kind !== 'later') job.settle(verdict);
      // What is missing may be an update of this very batch.
      else if (batch.isEmpty) job.settle({ kind: 'later', reason: 'gap' });
      else postponed.push(job);
    }
    if (!batch.isEmpty && !(await this.#commit(batch.toEntry()))) {
      await this.#afterConflict();
      await writing.conflicted(document, batch);
      this.#queue.unshift(...taken.map(({ job }) => job), ...postponed);
      return;
    }
    for (const { job, accepted, newClients } of taken) {
      const messages = accepted.posts.length + accepted.edits.length;
      job.settle({ kind: 'accept', messages, newClients });
    }
    this.#queue.unshift(...postponed);
  }

  async #makeChange(job: ChangeJob): Promise<void> {
    job.attempts++;
    if (this.#document.isRetired(this.#serverClientId)) this.#serverClientId = randomClientId();
    const serverClientId = this.#serverClientId;
    const made = await job.mint(this.#options.doc, serverClientId);
    if (made !== undefined) {
      const committed = await this.#commit({
        name: this.name,
        version: this.#document.version,
        rules: this.#document.rules,
        update: made.update,
        clients: [{ id: serverClientId, owner: null }],
        ...(made.redactions && { redactions: made.redactions }),
      });
      if (!committed) {
        await this.#afterConflict();
        this.#queue.unshift(job);
        return;
      }
    }
    job.settle();
  }

  async #commit(entry: LogEntry): Promise<boolean> {
    const isCommitted = await this.#document.commit(entry);
    if (isCommitted) this.#conflictsInARow = 0;
    return isCommitted;
  }

  /** Another node, an access change or a lost answer was faster. Nobody is refused for it. */
  async #afterConflict(): Promise<void> {
    this.#count('conflicts');
    if (++this.#conflictsInARow > MAX_CONFLICTS) {
      this.#conflictsInARow = 0;
      throw new Error('too many conflicts in a row');
    }
    await this.#document.catchUp();
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
        await this.#document.catchUp();
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
