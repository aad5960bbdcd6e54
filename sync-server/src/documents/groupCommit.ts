import type { CommitConnection } from '../platform/database.ts';
import { commitStatement, type LogEntry } from './commitStatement.ts';

/** Documents in one statement. */
const MAX_GROUP = 256;

interface Waiting {
  entry: LogEntry;
  resolve: (committed: boolean) => void;
  reject: (cause: unknown) => void;
}

/** Writes the batches of all documents that wait at the same time in one statement, one statement at a time. */
export class GroupCommit {
  readonly counts = { commits: 0, updates: 0 };
  readonly #connection: CommitConnection;
  #waiting: Waiting[] = [];
  #isWriting = false;

  constructor(connection: CommitConnection) {
    this.#connection = connection;
  }

  commit(entry: LogEntry): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entry, resolve, reject });
      if (!this.#isWriting) void this.#writeAll();
    });
  }

  /** Never rejects: each outcome goes to its document. */
  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const group = this.#nextGroup();
      try {
        await this.#write(group);
      } catch (cause) {
        if (group.length === 1) group[0]?.reject(cause);
        // One bad batch must not fail the others. If the statement had committed after all, each repeat
        // finds its version moved.
        else for (const each of group) await this.#writeAlone(each);
      }
    }
    this.#isWriting = false;
  }

  /** A document at most once: its second batch builds on the first one's version. */
  #nextGroup(): Waiting[] {
    const names = new Set<string>();
    const group: Waiting[] = [];
    const rest: Waiting[] = [];
    for (const each of this.#waiting) {
      const fits = group.length < MAX_GROUP && !names.has(each.entry.name);
      (fits ? group : rest).push(each);
      names.add(each.entry.name);
    }
    this.#waiting = rest;
    return group;
  }

  async #writeAlone(each: Waiting): Promise<void> {
    try {
      await this.#write([each]);
    } catch (cause) {
      each.reject(cause);
    }
  }

  async #write(group: Waiting[]): Promise<void> {
    const { name, text, values } = commitStatement(group.map(({ entry }) => entry));
    const rows = await this.#connection.query<{ name: string }>(name, text, values);
    const committed = new Set(rows.map(({ name }) => name));
    this.counts.commits++;
    this.counts.updates += committed.size;
    for (const { entry, resolve } of group) resolve(committed.has(entry.name));
  }
}
