import type { ArrivalNumber, EpochMs, MessageId } from '@skerry/protocol/ids.ts';
import { messagesOf, orderOf } from '@skerry/protocol/page/pageDoc.ts';
import type { RefusalCode } from '@skerry/protocol/refusals.ts';
import { Doc } from 'yjs';
import type { LiveDocument } from './documents.ts';
import { readRecord } from './listPage.ts';
import type { PageView } from './messageList.ts';

/** What a page's numbered messages span. */
export interface Span {
  first: ArrivalNumber;
  last: ArrivalNumber;
  count: number;
  /** Arrival of the first. */
  firstArrivedAt: EpochMs;
}

/** One page of an open room: attached while it is needed, and readable afterwards as it was then. */
export class RoomPage {
  readonly page: number;
  readonly #acquire: () => LiveDocument;
  readonly #onChange: () => void;
  #live: LiveDocument | undefined;
  #undo: (() => void)[] = [];
  #doc = new Doc();
  #view: PageView;
  #span: Span | undefined;
  /** What the live document spans; undefined after each change. */
  #liveSpan: { span: Span | undefined } | undefined;
  #isHere = false;
  #isWhole = false;

  constructor(page: number, acquire: () => LiveDocument, onChange: () => void) {
    this.page = page;
    this.#view = { page, doc: this.#doc };
    this.#acquire = acquire;
    this.#onChange = onChange;
  }

  /** All of it was here once, as far as was known then. */
  get isHere(): boolean {
    return this.#isHere;
  }

  /** Nothing of it is missing, as far as is known now. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** What this device holds of it has been read; true also when that is nothing. */
  get isRead(): boolean {
    return this.#isHere || this.#live?.stored.isLoaded.get() === true;
  }

  get isCurrent(): boolean {
    return this.#live?.link.get().state === 'synced';
  }

  get span(): Span | undefined {
    return this.#span;
  }

  /** Another one after each change. */
  get view(): PageView {
    return this.#view;
  }

  /** Why the server does not let me have it, if it said so. */
  get deniedCode(): RefusalCode | undefined {
    const link = this.#live?.link.get();
    return link?.state === 'denied' ? link.code : undefined;
  }

  has(id: MessageId): boolean {
    return readRecord(messagesOf(this.#doc).get(id)) !== undefined;
  }

  /** Undefined for a message that is not on it. */
  numberOf(id: MessageId): ArrivalNumber | undefined {
    if (!this.has(id)) return undefined;
    return orderOf(this.#doc)
      .toArray()
      .find(([listed]) => listed === id)?.[2];
  }

  attach(): void {
    if (this.#live !== undefined) return;
    const live = this.#acquire();
    this.#live = live;
    this.#liveSpan = undefined;
    // Something else held it, and it may have changed.
    if (this.#doc === live.stored.doc) this.#view = { page: this.page, doc: this.#doc };
    this.#undo = [
      live.stored.changed.subscribe(() => {
        this.#liveSpan = undefined;
        this.#view = { page: this.page, doc: this.#doc };
        this.#onChange();
      }),
      live.link.subscribe(this.#onChange),
    ];
  }

  /** Lets the document go; its messages stay. */
  detach(): void {
    for (const stop of this.#undo) stop();
    this.#undo = [];
    this.#live?.release();
    this.#live = undefined;
  }

  /**
   * Takes over what came, as soon as it is all of the page: a copy that ends before the next page's first
   * message, or that is still on its way, would show a hole in what was said.
   */
  look(nextFirst: ArrivalNumber | undefined): void {
    if (this.#live === undefined) return;
    const { stored } = this.#live;
    const { span } = (this.#liveSpan ??= { span: spanOf(stored.doc) });
    const joinsNext = nextFirst === undefined || span?.last === nextFirst - 1;
    const isRead = stored.isLoaded.get() && span !== undefined;
    this.#isWhole = this.isCurrent || (isRead && joinsNext);
    // A copy that is fetched anew fills while the old one is still shown.
    if (!this.#isWhole && this.#doc !== stored.doc) return;
    this.#isHere = true;
    this.#span = span;
    if (this.#doc === stored.doc) return;
    this.#doc = stored.doc;
    this.#view = { page: this.page, doc: this.#doc };
  }
}

function spanOf(doc: Doc): Span | undefined {
  const order = orderOf(doc);
  if (order.length === 0) return undefined;
  const span: Span = { first: Infinity, last: 0, count: order.length, firstArrivedAt: Infinity };
  for (const [, arrivedAt, number] of order.toArray()) {
    span.last = Math.max(span.last, number);
    if (number >= span.first) continue;
    span.first = number;
    span.firstArrivedAt = arrivedAt;
  }
  return span;
}
