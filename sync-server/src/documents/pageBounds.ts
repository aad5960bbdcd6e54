import type { RoomId } from '@skerry/protocol/ids.ts';
import {
  MAX_CLOSED_PAGE_BYTES,
  MAX_CLOSED_PAGE_CLIENTS,
  MAX_PAGE_BYTES,
  MAX_PAGE_CLIENTS,
  MAX_PAGE_MESSAGES,
} from '@skerry/protocol/limits.ts';
import { orderOf } from '@skerry/protocol/page/pageDoc.ts';
import type { Acceptance, GateVerdict } from './gate/verdict.ts';
import type { LoggedDocument } from './loggedDocument.ts';
import type { UpdateLog } from './updateLog.ts';
import type { Bounds } from './writing.ts';

/** How large a page grows before the room goes on in the next one. */
export interface PageSize {
  messages: number;
  clients: number;
  bytes: number;
}

/** What both sides know of. */
export const PAGE_SIZE: PageSize = {
  messages: MAX_PAGE_MESSAGES,
  clients: MAX_PAGE_CLIENTS,
  bytes: MAX_PAGE_BYTES,
};

/** Tells that a page is closed, once per lane; `isOurs`: this lane has closed it. */
export type OnPageClosed = (page: { name: string; roomId: RoomId }, isOurs: boolean) => void;

interface Deps {
  log: UpdateLog;
  onPageClosed?: OnPageClosed;
  /** Absent: PAGE_SIZE. */
  pageSize?: PageSize;
}

/** When a page is full, and what then happens: it is closed, and the room goes on in the next one. */
export class PageBounds implements Bounds {
  readonly #deps: Deps;
  readonly #roomId: RoomId;
  readonly #page: number;
  readonly #size: PageSize;
  /** An update had more messages than the page has left. */
  #isOutgrown = false;
  #wasOpen = false;
  #isOurs = false;

  constructor(deps: Deps, { roomId, page }: { roomId: RoomId; page: number }) {
    this.#deps = deps;
    this.#roomId = roomId;
    this.#page = page;
    this.#size = deps.pageSize ?? PAGE_SIZE;
  }

  isFull({ doc, size, isPageClosed }: LoggedDocument): boolean {
    if (isPageClosed) return false;
    return (
      this.#isOutgrown ||
      orderOf(doc).length >= this.#size.messages ||
      doc.store.clients.size >= this.#size.clients ||
      size.exceeds(this.#size.bytes)
    );
  }

  async close(document: LoggedDocument): Promise<void> {
    this.#wasOpen = true;
    const { version, firstNumber, doc } = document;
    const nextNumber = firstNumber + orderOf(doc).length;
    const page = { roomId: this.#roomId, page: this.#page, version, nextNumber };
    if (await this.#deps.log.closePage(page)) this.#isOurs = true;
    await document.catchUp();
    this.notice(document);
  }

  /** Looks whether the page was closed, be it by another process. */
  notice({ name, isPageClosed }: LoggedDocument): void {
    if (isPageClosed && this.#wasOpen)
      this.#deps.onPageClosed?.({ name, roomId: this.#roomId }, this.#isOurs);
    this.#wasOpen = !isPageClosed;
  }

  /** How far several updates may fill a page in one turn. */
  limitsOf({ isPageClosed }: LoggedDocument): PageSize {
    return isPageClosed
      ? { ...this.#size, clients: MAX_CLOSED_PAGE_CLIENTS, bytes: MAX_CLOSED_PAGE_BYTES }
      : this.#size;
  }

  /** The last word on what the gate accepts: it must fit, in one piece. */
  fit({ doc }: LoggedDocument, accepted: Acceptance): GateVerdict {
    const [post] = accepted.posts;
    const held = orderOf(doc).length;
    if (post === undefined || held + accepted.posts.length <= this.#size.messages) return accepted;
    // Closing any page for it would let one person fill a room with empty pages.
    if (held < this.#size.messages / 2)
      return {
        ...{ kind: 'refuse', code: 'too-large' },
        ...{ key: `messages/${post.id}`, client: post.client },
      };
    this.#isOutgrown = true;
    return { kind: 'later' };
  }
}
