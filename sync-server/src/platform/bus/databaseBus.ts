import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Database } from '../database.ts';
import type { Bus, BusListener } from './bus.ts';
import { encodeMail, readMail, type NodeMessage } from './nodeMessage.ts';
import {
  deleteMailBefore,
  insertMail,
  readDatabaseTime,
  readMailSince,
  type StoredMail,
} from './nodeMessageStore.ts';

/** News is at most this old when it is read. */
const POLL_MS = 500;
/** What is said in this time shares a row. */
const GATHER_MS = 100;
/** Rows become visible in another order than they were timed: each is looked for this long. */
const OVERLAP_MS = 5_000;
/** A row has been read by all who live when it is this old. */
const KEEP_MS = 60_000;
/** Messages that wait for a database that is away. */
const MAX_WAITING = 1_000;

type Handle = Pick<Database, 'kysely'>;

/** News as rows of the unlogged table `node_messages`, for processes without a Redis. */
export class DatabaseBus implements Bus {
  readonly #db: Handle;
  readonly #log: Logger;
  readonly #node = randomUUID();
  readonly #listeners = new Set<BusListener>();
  #waiting: NodeMessage[] = [];
  #gathering: NodeJS.Timeout | undefined;
  #polling: NodeJS.Timeout | undefined;
  /** All that was written before is known. By the database's clock, as all times here. */
  #readAt: number;
  #cleanedAt = 0;
  /** Rows of the overlap that were heard, with their times. */
  readonly #heard = new Map<string, number>();
  /** Something may not have got through since the database answered. */
  #isLossy = false;
  /** More was said than could wait: the others are told to look for themselves. */
  #isIncomplete = false;
  #isClosed = false;

  static async open(db: Handle, log: Logger): Promise<DatabaseBus> {
    return new DatabaseBus(db, log, await readDatabaseTime(db.kysely));
  }

  constructor(db: Handle, log: Logger, now: number) {
    this.#db = db;
    this.#log = log;
    this.#readAt = now;
    this.#pollLater();
  }

  get reach(): Bus['reach'] {
    return this.#isLossy ? 'cut-off' : 'polled';
  }

  publish(message: NodeMessage): void {
    if (this.#isClosed) return;
    this.#waiting.push(message);
    if (this.#waiting.length > MAX_WAITING) {
      this.#waiting.shift();
      this.#isIncomplete = true;
    }
    this.#gathering ??= setTimeout(() => {
      void this.#flush();
    }, GATHER_MS);
  }

  subscribe(listener: BusListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#polling);
    clearTimeout(this.#gathering);
    await this.#flush();
  }

  /** Never rejects. */
  async #flush(hello?: true): Promise<void> {
    this.#gathering = undefined;
    const messages = this.#waiting.splice(0);
    const saysHello = hello === true || this.#isIncomplete;
    if (messages.length === 0 && !saysHello) return;
    const mail = { node: this.#node, ...(saysHello ? { hello: true as const } : {}), messages };
    this.#isIncomplete = false;
    try {
      await insertMail(this.#db.kysely, this.#node, encodeMail(mail));
    } catch (error) {
      this.#fail(error);
      this.#isIncomplete ||= saysHello;
      this.#waiting.unshift(...messages);
    }
  }

  #pollLater(): void {
    if (this.#isClosed) return;
    this.#polling = setTimeout(() => {
      void this.#poll();
    }, POLL_MS);
  }

  /** Never rejects. */
  async #poll(): Promise<void> {
    try {
      const { kysely } = this.#db;
      const { now, mail } = await readMailSince(kysely, this.#node, this.#readAt - OVERLAP_MS);
      // This process stood still for so long that the others have deleted what it had not read.
      const hasMissed = now - this.#readAt > KEEP_MS - OVERLAP_MS;
      this.#readAt = now;
      for (const row of mail) this.#hear(row);
      for (const [key, at] of this.#heard) if (at < now - OVERLAP_MS) this.#heard.delete(key);
      if (this.#isLossy) await this.#comeBack();
      else if (hasMissed) this.#tellMissed();
      if (now - this.#cleanedAt > KEEP_MS) {
        this.#cleanedAt = now;
        await deleteMailBefore(kysely, now - KEEP_MS);
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#pollLater();
  }

  #hear({ id, at, body }: StoredMail): void {
    // The table is empty after a crash of the database, and its ids begin again.
    const key = `${String(at)}/${String(id)}`;
    if (this.#heard.has(key)) return;
    this.#heard.set(key, at);
    const mail = readMail(body);
    for (const listener of this.#listeners) {
      if (mail?.hello === true) listener.missed();
      for (const message of mail?.messages ?? []) listener.hear(message);
    }
  }

  async #comeBack(): Promise<void> {
    this.#isLossy = false;
    this.#log.info('news between processes gets through again');
    await this.#flush(true);
    this.#tellMissed();
  }

  #tellMissed(): void {
    for (const listener of this.#listeners) listener.missed();
  }

  /** Once per outage. */
  #fail(error: unknown): void {
    if (!this.#isLossy && !this.#isClosed) {
      const cause = error instanceof Error ? error.message : typeof error;
      this.#log.warn({ cause }, 'news between processes does not get through');
    }
    this.#isLossy = true;
  }
}
