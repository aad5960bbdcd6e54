import { randomUUID } from 'node:crypto';
import { createClient } from '@redis/client';
import type { Logger } from 'pino';
import type { Bus, BusListener } from './bus.ts';
import { encodeMail, readMail, type NodeMessage } from './nodeMessage.ts';

/** A process says nothing but its name this often, and hears itself. */
const BEAT_MS = 2_000;
/** Without having heard itself for so long it believes that it is cut off, and looks for itself. */
const SILENT_MS = 5_000;
/** And for so long it believes that the connection is a dead one that nobody has closed. */
const DEAD_MS = 10_000;
const CONNECT_DEADLINE_MS = 3_000;
const MAX_RECONNECT_DELAY_MS = 2_000;
const CLOSE_DEADLINE_MS = 1_000;

interface Options {
  url: string;
  channel: string;
  log: Logger;
}

/**
 * Redis publish/subscribe on one connection (RESP3, Redis 6 or newer). Nothing is stored in Redis, and what is
 * said while it is away is not said later: hearing itself again, a process says `hello` instead, and all look.
 */
export class RedisBus implements Bus {
  readonly #options: Options;
  readonly #node = randomUUID();
  readonly #listeners = new Set<BusListener>();
  readonly #beating: NodeJS.Timeout;
  #client: ReturnType<typeof connect>;
  #waiting: NodeMessage[] = [];
  #flushing: NodeJS.Immediate | undefined;
  /** Milliseconds of a clock that is never set. */
  #heardItselfAt = -Infinity;
  #connectedAt = performance.now();
  /** What others say may not get through. */
  #isLossy = true;
  /** What this process said did not get through. */
  #isUnheard = false;
  #isWarned = false;
  #isClosed = false;

  constructor(options: Options) {
    this.#options = options;
    this.#client = this.#open();
    this.#beating = setInterval(() => {
      this.#beat();
    }, BEAT_MS);
    this.#beating.unref();
  }

  get reach(): Bus['reach'] {
    const silentMs = performance.now() - this.#heardItselfAt;
    return !this.#isLossy && silentMs < SILENT_MS ? 'instant' : 'cut-off';
  }

  publish(message: NodeMessage): void {
    this.#waiting.push(message);
    this.#flushing ??= setImmediate(() => {
      void this.#flush();
    });
  }

  subscribe(listener: BusListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#beating);
    const deadline = new Promise((resolve) => setTimeout(resolve, CLOSE_DEADLINE_MS).unref());
    await Promise.race([this.#flush(), deadline]);
    this.#client.destroy();
  }

  #open(): ReturnType<typeof connect> {
    const client = connect(this.#options.url);
    let isSubscribed = false;
    client.on('error', (error: unknown) => {
      this.#fail(error);
    });
    client.on('ready', () => {
      // The client itself subscribes again when it reconnects.
      const subscribing = isSubscribed
        ? Promise.resolve()
        : client.subscribe(this.#options.channel, this.#hear);
      subscribing.then(
        () => {
          isSubscribed = true;
          this.#beat();
        },
        (error: unknown) => {
          this.#fail(error);
        },
      );
    });
    this.#connectedAt = performance.now();
    // Tries for ever; each failed try is an `error` event.
    client.connect().catch(() => undefined);
    return client;
  }

  #beat(): void {
    const now = performance.now();
    if (now - Math.max(this.#heardItselfAt, this.#connectedAt) > DEAD_MS) {
      this.#fail(new Error('no answer'));
      this.#client.destroy();
      this.#client = this.#open();
    } else void this.#send([]);
  }

  #flush(): Promise<void> {
    clearImmediate(this.#flushing);
    this.#flushing = undefined;
    const messages = this.#waiting.splice(0);
    return messages.length === 0 ? Promise.resolve() : this.#send(messages);
  }

  async #send(messages: NodeMessage[], hello?: true): Promise<void> {
    try {
      const mail = { node: this.#node, ...(hello === true ? { hello } : {}), messages };
      await this.#client.publish(this.#options.channel, encodeMail(mail));
    } catch (error) {
      if (messages.length > 0 || hello === true) this.#isUnheard = true;
      this.#fail(error);
    }
  }

  readonly #hear = (body: string): void => {
    const mail = readMail(body);
    if (mail === undefined || this.#isClosed) return;
    if (mail.node === this.#node) {
      this.#heardItself();
      return;
    }
    for (const listener of this.#listeners) {
      if (mail.hello === true) listener.missed();
      for (const message of mail.messages) listener.hear(message);
    }
  };

  #heardItself(): void {
    this.#heardItselfAt = performance.now();
    if (!this.#isLossy) return;
    this.#isLossy = false;
    if (this.#isWarned) this.#options.log.info('Redis is back');
    this.#isWarned = false;
    if (this.#isUnheard) void this.#send([], true);
    this.#isUnheard = false;
    for (const listener of this.#listeners) listener.missed();
  }

  /** Once per outage: the tries in between all say the same. */
  #fail(error: unknown): void {
    if (this.#isClosed) return;
    this.#isLossy = true;
    if (this.#isWarned) return;
    this.#isWarned = true;
    const cause = error instanceof Error ? error.message : typeof error;
    this.#options.log.warn({ cause }, 'Redis is away');
  }
}

function connect(url: string) {
  return createClient({
    url,
    RESP: 3,
    // What waits for a connection would be old news.
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    socket: {
      connectTimeout: CONNECT_DEADLINE_MS,
      reconnectStrategy: (tries) => Math.min(50 * 2 ** Math.min(tries, 10), MAX_RECONNECT_DELAY_MS),
    },
  });
}
