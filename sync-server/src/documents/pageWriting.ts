import type { ClientId, MessageId, RoomId, UserId } from '@skerry/protocol/ids.ts';
import { MAX_CLOSED_PAGE_BYTES } from '@skerry/protocol/limits.ts';
import { messagesOf } from '@skerry/protocol/page/pageDoc.ts';
import type { Clock } from '../platform/clock.ts';
import type { RoomAccess } from './accessStore.ts';
import { judgePage } from './gate/pageRules.ts';
import type { GateVerdict } from './gate/verdict.ts';
import type { UpdateJob } from './laneJobs.ts';
import type { LoggedDocument } from './loggedDocument.ts';
import { PageBatch } from './pageBatch.ts';
import { PageBounds, type OnPageClosed, type PageSize } from './pageBounds.ts';
import { Standings } from './standings.ts';
import type { UpdateLog } from './updateLog.ts';
import type { Batch, Writing } from './writing.ts';

interface Deps {
  log: UpdateLog;
  access: RoomAccess;
  clock: Clock;
  serverClientId: ClientId;
  onPageClosed?: OnPageClosed;
  pageSize?: PageSize;
}

/** Messages and reactions of members. */
export class PageWriting implements Writing {
  readonly bounds: PageBounds;
  readonly #deps: Deps;
  readonly #roomId: RoomId;
  readonly #page: number;
  readonly #standings: Standings;
  /** Ids that other pages of the room hold, as far as a commit has found them. */
  readonly #elsewhere = new Map<MessageId, UserId>();
  /** Erased messages, on whatever page, as far as a commit has found that somebody quotes them. */
  readonly #erased = new Set<MessageId>();

  constructor(deps: Deps, { roomId, page }: { roomId: RoomId; page: number }) {
    this.#deps = deps;
    this.#roomId = roomId;
    this.#page = page;
    this.#standings = new Standings(roomId, deps.access);
    this.bounds = new PageBounds(deps, { roomId, page });
  }

  async prepare(document: LoggedDocument, userIds: readonly UserId[]): Promise<void> {
    this.bounds.notice(document);
    await this.#standings.load(userIds);
  }

  judge(document: LoggedDocument, job: UpdateJob): GateVerdict {
    const { doc, owners, isPageClosed, size } = document;
    const view = {
      ...{ doc, owners },
      serverClientId: this.#deps.serverClientId,
      closed: isPageClosed,
      isTooLarge: size.exceeds(MAX_CLOSED_PAGE_BYTES, job.update.length),
      room: this.#standings.room,
      standing: this.#standings.of(job.userId),
      elsewhere: this.#elsewhere,
      erased: this.#erased,
    };
    const verdict = judgePage(view, job.update, job.userId, job.frame);
    return verdict.kind === 'accept' ? this.bounds.fit(document, verdict) : verdict;
  }

  begin(document: LoggedDocument): PageBatch {
    const { name, doc, version, rules, firstNumber, size } = document;
    const { serverClientId, clock } = this.#deps;
    return new PageBatch({
      ...{ name, doc, version, rules, firstNumber, size, serverClientId },
      limits: this.bounds.limitsOf(document),
      roomId: this.#roomId,
      page: this.#page,
      now: clock(),
      standingOf: (userId) => this.#standings.of(userId),
    });
  }

  async conflicted({ doc }: LoggedDocument, batch: Batch): Promise<void> {
    if (!(batch instanceof PageBatch)) return;
    const held = messagesOf(doc);
    const unknown = batch.postedIds.filter((id) => !held.has(id));
    const { log } = this.#deps;
    const authors = await log.findAuthors(this.#roomId, unknown);
    for (const [id, author] of authors) this.#elsewhere.set(id, author);
    for (const id of await log.findErased(this.#roomId, batch.quotedIds)) this.#erased.add(id);
  }

  outdate(): void {
    this.#standings.outdate();
  }
}
