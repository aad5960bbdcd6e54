import type { ClientId, UserId } from '@skerry/protocol/ids.ts';
import * as Y from 'yjs';
import type { ClientRow, LogEntry, ReadingRows } from './commitStatement.ts';
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
  readonly #document: LoggedDocument;
  readonly #updates: Uint8Array[] = [];
  readonly #clients: ClientRow[] = [];
  #reading: ReadingRows | undefined;
  readonly #overlaps = new Overlaps();

  constructor(document: LoggedDocument) {
    this.#document = document;
  }

  get isEmpty(): boolean {
    return this.#updates.length === 0;
  }

  meets(accepted: Acceptance): boolean {
    return this.#overlaps.meets(accepted);
  }

  add(update: Uint8Array, userId: UserId, accepted: Acceptance): void {
    this.#overlaps.add(accepted);
    this.#updates.push(update);
    for (const id of accepted.clients.keys()) this.#clients.push({ id, owner: userId });
    const { marks, sharesReceipts } = accepted.reading ?? { marks: [] };
    const reading = (this.#reading ??= { userId, marks: [] });
    reading.marks.push(...marks);
    if (sharesReceipts !== undefined) reading.sharesReceipts = sharesReceipts;
  }

  toEntry(): LogEntry {
    const { name, version, rules } = this.#document;
    return {
      ...{ name, version, rules },
      update: Y.mergeUpdates(this.#updates),
      clients: this.#clients,
      ...(this.#reading && { reading: this.#reading }),
    };
  }
}
