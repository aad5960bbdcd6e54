import type { ClientId, MessageId, RoomId, UserId } from '@skerry/protocol/ids.ts';
import { messagesOf } from '@skerry/protocol/page/pageDoc.ts';
import type { Clock } from '../platform/clock.ts';
import type { RoomAccess } from './accessStore.ts';
import { judge } from './gate/gate.ts';
import type { GateVerdict } from './gate/verdict.ts';
import type { UpdateJob } from './laneJobs.ts';
import type { LoggedDocument } from './loggedDocument.ts';
import { PageBatch } from './pageBatch.ts';
import { Standings } from './standings.ts';
import type { UpdateLog } from './updateLog.ts';
import type { Batch, Writing } from './writing.ts';

interface Deps {
  log: UpdateLog;
  access: RoomAccess;
  clock: Clock;
  serverClientId: ClientId;
}

/** Messages and reactions of members. */
export class PageWriting implements Writing {
  readonly #deps: Deps;
  readonly #roomId: RoomId;
  readonly #page: number;
  readonly #standings: Standings;
  /** Ids that other pages of the room hold, as far as a commit has found them. */
  readonly #elsewhere = new Map<MessageId, UserId>();

  constructor(deps: Deps, { roomId, page }: { roomId: RoomId; page: number }) {
    this.#deps = deps;
    this.#roomId = roomId;
    this.#page = page;
    this.#standings = new Standings(roomId, deps.access);
  }

  async prepare(_document: LoggedDocument, userIds: readonly UserId[]): Promise<void> {
    await this.#standings.load(userIds);
  }

  judge({ doc, owners, isPageClosed }: LoggedDocument, job: UpdateJob): GateVerdict {
    const view = {
      ...{ doc, owners },
      serverClientId: this.#deps.serverClientId,
      closed: isPageClosed,
      room: this.#standings.room,
      standing: this.#standings.of(job.userId),
      elsewhere: this.#elsewhere,
    };
    return judge(view, job.update, job.userId, job.frame);
  }

  begin({ name, doc, version, rules, firstNumber }: LoggedDocument): PageBatch {
    const { serverClientId, clock } = this.#deps;
    return new PageBatch({
      ...{ name, doc, version, rules, firstNumber, serverClientId },
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
    const authors = await this.#deps.log.findAuthors(this.#roomId, unknown);
    for (const [id, author] of authors) this.#elsewhere.set(id, author);
  }

  outdate(): void {
    this.#standings.outdate();
  }
}
