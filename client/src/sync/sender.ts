import type { ClientId, EpochMs } from '@skerry/protocol/ids.ts';
import { SEND_WINDOW } from '@skerry/protocol/limits.ts';
import type { RefusalCode } from '@skerry/protocol/refusals.ts';
import type { ClientMessage, ServerMessage } from '@skerry/protocol/stateless.ts';
import type * as Y from 'yjs';
import { createFork, newClientId, stateOf, type Fork } from './fork.ts';
import type { Operation } from './operation.ts';
import { formatKey, keyOf, nextValue, presentValue } from './operationKey.ts';
import { claimOperations, settleOperations, type Outbox } from './outbox.ts';
import { findStored } from './storedOperations.ts';
import { refuseOperation } from './tray.ts';

/** One document's way to the server, as long as it is synced. */
export interface Wire {
  sendUpdate: (update: Uint8Array) => void;
  sendStateless: (message: ClientMessage) => void;
}

export interface SenderDeps {
  document: string;
  outbox: Outbox;
  wire: Wire;
  /** The stored document as it is now; a rebuild puts another one in its place. */
  stored: () => Y.Doc;
  /** Operations whose turn it is on this document, in the order of writing; none when another tab sends. */
  next: () => readonly Operation[];
  now: () => EpochMs;
  /** Runs later; returns its undo. */
  schedule: (delayMs: number, run: () => void) => () => void;
  /** A "no" that is about more than the operation. */
  onRefused: (code: RefusalCode) => void;
}

interface InFlight {
  opId: string;
  /** `<root>/<key>` */
  key: string;
}

/** Frames that got no answer for so long on a live connection are asked about with a barrier. */
const ANSWER_LIMIT_MS = 10_000;
const MAX_DELAY_MS = 10_000;
const FIRST_REPEAT_MS = 250;

/**
 * Sends one document's operations: one operation, one update, a window in flight, one key in flight at a
 * time. The echo is the receipt. What came back unclear is cleared with a barrier: the server echoes it
 * after every answer before it, and then the stored document is the whole truth.
 */
export class DocumentSender {
  readonly #deps: SenderDeps;
  #isOpen = false;
  /** Kept while everything sent under it was echoed; never stored, never used again. */
  #clientId: ClientId = newClientId();
  /** What has left under it ends before this clock. */
  #nextClock = 0;
  #fork: Fork | undefined;
  #inFlight: InFlight[] = [];
  #isClaiming = false;
  #barrier: number | undefined;
  #barriers = 0;
  #verdicts: { opId: string; code: RefusalCode }[] = [];
  /** Settled, but not yet gone from the outbox. */
  readonly #settled = new Set<string>();
  #delayMs = 0;
  /** Barriers in a row after which nothing had been stored. */
  #fruitless = 0;
  #cancelDrain: (() => void) | undefined;
  #cancelLimit: (() => void) | undefined;

  constructor(deps: SenderDeps) {
    this.#deps = deps;
  }

  /** The stored document holds all that the server had when the connection came up. */
  async opened(): Promise<void> {
    this.#isOpen = true;
    this.#barrier = undefined;
    this.#reset();
    await this.#judge();
    this.drain();
  }

  /** The connection is gone, or the stored document was replaced. */
  closed(): void {
    this.#isOpen = false;
    this.#barrier = undefined;
    this.#stopTimers();
    this.#reset();
  }

  received(message: ServerMessage): void {
    switch (message.type) {
      case 'refused':
        this.#refused(message);
        return;
      case 'later':
        this.#pause(message.delayMs);
        return;
      case 'barrier':
        if (message.id === this.#barrier) void this.#barrierBack();
        return;
      case 'rebuild':
      case 'pong':
      case 'summary':
      case 'unread':
      case 'activity':
      case 'newest':
      case 'here':
        return; // about something else than this document's operations
      default:
        return message satisfies never;
    }
  }

  /** The stored document received something, or the outbox changed: sends what may go now. */
  drain(): void {
    // What another tab sent is known to be stored only from here on: sent again, it would undo what came after.
    void this.#settle();
    if (!this.#isOpen || this.#isClaiming || this.#barrier !== undefined) return;
    if (this.#cancelDrain !== undefined) return;
    const picked = this.#pick();
    if (picked.length > 0) void this.#send(picked);
  }

  #pick(): string[] {
    const free = SEND_WINDOW - this.#inFlight.length;
    const stored = this.#deps.stored();
    const busy = new Set(this.#inFlight.map((one) => one.key));
    const picked: string[] = [];
    for (const operation of this.#deps.next()) {
      if (picked.length >= free) break;
      const key = formatKey(keyOf(operation));
      if (this.#settled.has(operation.opId) || busy.has(key)) continue;
      busy.add(key);
      // All before it is stored, yet the message is not there: another tab deleted it before it was sent.
      // Sent now, an edit would bring it back.
      if (needsMessage(operation) && presentValue(stored, keyOf(operation)) === undefined) {
        void this.#refuseHere(operation.opId);
        continue;
      }
      picked.push(operation.opId);
    }
    return picked;
  }

  async #refuseHere(opId: string): Promise<void> {
    const { outbox, document, now } = this.#deps;
    this.#settled.add(opId);
    await outbox.note(refuseOperation(opId, 'no-message', now(), document));
    this.#settled.delete(opId);
  }

  async #send(opIds: readonly string[]): Promise<void> {
    const { document, outbox, stored, wire } = this.#deps;
    // A copy that was fetched anew may hold less than left under this id: no clock of it is used twice.
    if (this.#fork === undefined && stateOf(stored(), this.#clientId) !== this.#nextClock)
      this.#takeNewId();
    const client = this.#clientId;
    this.#fork ??= createFork(stored(), client);
    this.#fork.follow(stored());
    const { rule, claimed } = claimOperations(opIds, {
      document,
      client,
      clock: this.#fork.clock(),
    });
    this.#isClaiming = true;
    // Before the frame leaves: after a crash this is how the answer is found.
    await outbox.note(rule);
    this.#isClaiming = false;
    // Something came up meanwhile: what was claimed never leaves under this client id.
    if (client === this.#clientId) {
      for (const operation of claimed()) {
        const place = keyOf(operation);
        const update = this.#fork.set(place, (present) => nextValue(operation, present));
        this.#inFlight.push({ opId: operation.opId, key: formatKey(place) });
        wire.sendUpdate(update);
      }
      this.#nextClock = this.#fork.clock();
      this.#limitAnswer();
    }
    this.drain();
  }

  /** Forgets the fork; the client id lives on only if nothing under it is unanswered. */
  #reset(): void {
    if (this.#inFlight.length > 0 || this.#isClaiming) this.#takeNewId();
    this.#fork?.close();
    this.#fork = undefined;
    this.#inFlight = [];
  }

  #takeNewId(): void {
    this.#clientId = newClientId();
    this.#nextClock = 0;
  }

  #refused(message: Extract<ServerMessage, { type: 'refused' }>): void {
    // Without a key the frame could not even be read: the oldest unanswered one.
    const refused = this.#inFlight.find(
      ({ key }) => message.key === undefined || message.key === key,
    );
    if (refused !== undefined) this.#verdicts.push({ opId: refused.opId, code: message.code });
    this.#deps.onRefused(message.code);
    this.#pause(0);
  }

  #pause(delayMs: number): void {
    this.#stopTimers();
    this.#reset();
    this.#delayMs = Math.max(this.#delayMs, delayMs);
    if (this.#barrier !== undefined || !this.#isOpen) return;
    this.#barriers += 1;
    this.#barrier = this.#barriers;
    this.#deps.wire.sendStateless({ type: 'barrier', id: this.#barrier });
  }

  async #barrierBack(): Promise<void> {
    const barrier = this.#barrier;
    await this.#judge();
    if (this.#barrier !== barrier) return; // the connection went meanwhile
    this.#barrier = undefined;
    const repeatMs = this.#fruitless === 0 ? 0 : FIRST_REPEAT_MS * 2 ** (this.#fruitless - 1);
    this.#fruitless += 1;
    this.#drainAfter(Math.min(Math.max(this.#delayMs, repeatMs), MAX_DELAY_MS));
    this.#delayMs = 0;
  }

  /** All answers are in: first what was stored, then what was refused. */
  async #judge(): Promise<void> {
    await this.#settle();
    const verdicts = this.#verdicts;
    this.#verdicts = [];
    const { outbox, document, now } = this.#deps;
    for (const { opId, code } of verdicts) {
      await outbox.note(refuseOperation(opId, code, now(), document));
    }
  }

  /** Forgets what is stored; from the first moment on it is not sent again. */
  async #settle(): Promise<void> {
    const { outbox, document, stored } = this.#deps;
    const opIds = findStored(outbox.rows.get().outbox, document, stored(), this.#isOpen)
      .map((row) => row.opId)
      .filter((opId) => !this.#settled.has(opId));
    if (opIds.length === 0) return;
    for (const opId of opIds) this.#settled.add(opId);
    this.#inFlight = this.#inFlight.filter((one) => !this.#settled.has(one.opId));
    this.#fruitless = 0;
    if (this.#inFlight.length === 0) this.#stopLimit();
    await outbox.note(settleOperations(new Set(opIds)));
    for (const opId of opIds) this.#settled.delete(opId);
  }

  #drainAfter(delayMs: number): void {
    this.#cancelDrain?.();
    this.#cancelDrain = undefined;
    if (delayMs === 0) {
      this.drain();
      return;
    }
    this.#cancelDrain = this.#deps.schedule(delayMs, () => {
      this.#cancelDrain = undefined;
      this.drain();
    });
  }

  #limitAnswer(): void {
    this.#stopLimit();
    if (this.#inFlight.length === 0) return;
    this.#cancelLimit = this.#deps.schedule(ANSWER_LIMIT_MS, () => {
      this.#cancelLimit = undefined;
      this.#pause(0);
    });
  }

  #stopLimit(): void {
    this.#cancelLimit?.();
    this.#cancelLimit = undefined;
  }

  #stopTimers(): void {
    this.#stopLimit();
    this.#cancelDrain?.();
    this.#cancelDrain = undefined;
  }
}

function needsMessage({ kind }: Operation): boolean {
  return kind === 'edit' || kind === 'delete';
}
