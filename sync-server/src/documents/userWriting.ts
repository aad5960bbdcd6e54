import type { ClientId, UserId } from '@skerry/protocol/ids.ts';
import type { LogEntry } from './commitStatement.ts';
import { judgeUser } from './gate/userRules.ts';
import type { Acceptance, GateVerdict } from './gate/verdict.ts';
import type { UpdateJob } from './laneJobs.ts';
import type { LoggedDocument } from './loggedDocument.ts';
import { Overlaps } from './overlaps.ts';
import type { Batch, Writing } from './writing.ts';

/** Read marks, drafts and preferences of one person. */
export class UserWriting implements Writing {
  readonly #owner: UserId;
  readonly #serverClientId: ClientId;

  constructor(deps: { serverClientId: ClientId }, { userId }: { userId: UserId }) {
    this.#owner = userId;
    this.#serverClientId = deps.serverClientId;
  }

  prepare(): Promise<void> {
    return Promise.resolve(); // who the owner is never changes
  }

  judge({ doc, owners }: LoggedDocument, job: UpdateJob): GateVerdict {
    const view = { doc, owners, serverClientId: this.#serverClientId, owner: this.#owner };
    return judgeUser(view, job.update, job.userId, job.frame);
  }

  begin(document: LoggedDocument): Batch {
    return new UserBatch(document);
  }

  conflicted(): Promise<void> {
    return Promise.resolve(); // catching up is all it takes
  }

  outdate(): void {
    // as above
  }
}

/** What one turn of a user document's lane accepted. */
class UserBatch implements Batch {
  readonly #entry: LogEntry;
  readonly #overlaps = new Overlaps();

  constructor({ name, version, rules }: LoggedDocument) {
    this.#entry = {
      name,
      version,
      rules,
      updates: [],
      clients: [],
      posts: [],
      edits: [],
      mentions: [],
      unmentions: [],
    };
  }

  get isEmpty(): boolean {
    return this.#entry.updates.length === 0;
  }

  meets(accepted: Acceptance): boolean {
    return this.#overlaps.meets(accepted);
  }

  add(update: Uint8Array, userId: UserId, accepted: Acceptance): void {
    this.#overlaps.add(accepted);
    this.#entry.updates.push(update);
    for (const id of accepted.clients.keys()) this.#entry.clients.push({ id, owner: userId });
    const { marks, sharesReceipts } = accepted.reading ?? { marks: [] };
    const reading = (this.#entry.reading ??= { userId, marks: [] });
    reading.marks.push(...marks);
    if (sharesReceipts !== undefined) reading.sharesReceipts = sharesReceipts;
  }

  toEntry(): LogEntry {
    return this.#entry;
  }
}
