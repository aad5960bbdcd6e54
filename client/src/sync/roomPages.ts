import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import type { ArrivalNumber, MessageId, RoomId } from '@skerry/protocol/ids.ts';
import type { Documents } from './documents.ts';
import type { PageView } from './messageList.ts';
import { createSignal, derive, type Source } from './readable.ts';
import { RoomPage } from './roomPage.ts';
import { mayBeOlder } from './seeking.ts';
import type { ConnectionState, OlderMessages, Readable } from './views.ts';

/** Shown before the reader asks for more. */
const FIRST_MESSAGES = 50;
/** The room went on by more pages than this: reading begins anew at its end. */
const MAX_PAGES_TO_CATCH_UP = 3;
/** Read back for a link to one message; further back the reader scrolls. */
const MAX_PAGES_TO_SEEK = 40;

export interface RoomPagesDeps {
  roomId: RoomId;
  documents: Pick<Documents, 'acquire'>;
  connection: Readable<ConnectionState>;
  /** Undefined while this device does not know it. */
  findHead: () => number | undefined;
  /** Fire when the head page may be another one. */
  headSources: readonly Source[];
}

/** The pages of an open room: its end, and what was read back from there. */
export interface RoomPages {
  changed: Source;
  /** Those that can be shown, oldest first. */
  views: () => readonly PageView[];
  /** The page with this message. */
  find: (id: MessageId) => PageView | undefined;
  /** The newest page that is known. */
  head: () => number | undefined;
  /** All that the server had of the newest page is here. */
  isCurrent: () => boolean;
  older: Readable<OlderMessages>;
  loadOlder: () => void;
  /** Messages on screen; those without a number stand at the end. */
  show: (first: ArrivalNumber | undefined, last: ArrivalNumber | undefined) => void;
  /** Loads pages back until this message is there; returns its undo. */
  seek: (id: MessageId) => () => void;
  close: () => void;
}

export function createRoomPages(deps: RoomPagesDeps): RoomPages {
  const { roomId, documents, connection } = deps;
  const changed = createSignal();
  /** Oldest first, without a hole but for a moment after the room went on. */
  let pages: RoomPage[] = [];
  let onScreen: { first: ArrivalNumber; last: ArrivalNumber } = { first: Infinity, last: Infinity };
  let sought: MessageId | undefined;
  let isSettling = false;

  const isOffline = (): boolean => {
    const state = connection.get();
    return state !== 'online' && state !== 'connecting';
  };
  const open = (number: number): void => {
    const acquire = () => documents.acquire(pageDocumentName(roomId, number));
    const page = new RoomPage(number, acquire, settle);
    pages = [...pages, page].sort((a, b) => a.page - b.page);
    page.attach();
  };
  const drop = (isGone: (page: RoomPage) => boolean): void => {
    const gone = pages.filter(isGone);
    pages = pages.filter((page) => !gone.includes(page));
    for (const page of gone) page.detach();
  };

  const catchUp = (): void => {
    const head = deps.findHead();
    if (head === undefined) return;
    const top = pages.at(-1)?.page;
    const isNear = top !== undefined && head - top <= MAX_PAGES_TO_CATCH_UP;
    if (isNear) for (let page = top + 1; page <= head; page += 1) open(page);
    else if (top === undefined || head > top) open(head);
  };
  const takeOver = (): void => {
    let next: RoomPage | undefined;
    for (const page of pages.toReversed()) {
      page.look(next?.page === page.page + 1 ? next.span?.first : undefined);
      next = page;
    }
  };
  /** Pages that a restored server does not have, and those before a gap once its far side is here. */
  const dropLost = (): void => {
    const head = deps.findHead() ?? Infinity;
    drop(({ page, deniedCode }) => page > head && deniedCode === 'not-found');
    const end = pages.at(-1);
    if (end?.isHere !== true) return;
    let first = end.page;
    for (const { page } of pages.toReversed()) if (page === first - 1) first = page;
    drop(({ page }) => page < first);
  };
  const wantsOlder = (): boolean => {
    const oldest = pages[0];
    if (oldest === undefined || oldest.page === 0) return false;
    // Offline, the end of the room may be missing while what was before it is here.
    const isOnlyHead = pages.length === 1 && isOffline() && oldest.isRead;
    if (!oldest.isHere) return isOnlyHead;
    const count = pages.reduce((sum, { span }) => sum + (span?.count ?? 0), 0);
    return count < FIRST_MESSAGES || isStillSought(oldest);
  };
  const isStillSought = ({ span }: RoomPage): boolean => {
    if (sought === undefined || pages.length >= MAX_PAGES_TO_SEEK) return false;
    const id = sought;
    return !pages.some((page) => page.has(id)) && mayBeOlder(id, span?.firstArrivedAt);
  };
  const openOlder = (): void => {
    const oldest = pages[0];
    if (oldest !== undefined && oldest.page > 0) open(oldest.page - 1);
  };
  /** Attached are the head, what is on screen with a neighbour, and what is still coming. */
  const attachWhatIsSeen = (): void => {
    const from = (pageAt(onScreen.first)?.page ?? 0) - 1;
    const to = (pageAt(onScreen.last)?.page ?? 0) + 1;
    for (const page of pages) {
      const isSeen = page.page >= from && page.page <= to;
      if (isSeen || !page.isWhole || page === pages.at(-1)) page.attach();
      else page.detach();
    }
  };
  const pageAt = (number: ArrivalNumber): RoomPage | undefined =>
    pages.findLast(({ span }) => span !== undefined && span.first <= number) ?? pages[0];

  /** Something came, went or is seen now: from here on the pages are again as they should be. */
  const settle = (): void => {
    if (isSettling) return; // acquiring tells of what is loaded already
    isSettling = true;
    try {
      takeOver();
      dropLost();
      catchUp();
      takeOver();
      while (wantsOlder()) {
        openOlder();
        takeOver();
      }
      attachWhatIsSeen();
      takeOver();
    } finally {
      isSettling = false;
    }
    changed.fire();
  };

  const older = derive<OlderMessages>([changed, connection], () => {
    const oldest = pages[0];
    if (oldest?.isHere !== true) {
      return isOffline() && oldest?.isRead !== false ? 'not-on-device' : 'loading';
    }
    return oldest.page === 0 ? 'none' : 'more';
  });
  const undo = [...deps.headSources, connection].map((source) => source.subscribe(settle));
  settle();

  return {
    changed,
    views: () => pages.filter((page) => page.isHere).map((page) => page.view),
    find: (id) => pages.find((page) => page.has(id))?.view,
    head: () => {
      const [head, top] = [deps.findHead(), pages.at(-1)?.page];
      return head === undefined || top === undefined ? head : Math.max(head, top);
    },
    isCurrent: () => {
      const end = pages.at(-1);
      return end !== undefined && end.page === deps.findHead() && end.isCurrent;
    },
    older,
    loadOlder: () => {
      if (older.get() !== 'more') return;
      openOlder();
      settle();
    },
    show: (first = Infinity, last = Infinity) => {
      if (first === onScreen.first && last === onScreen.last) return;
      onScreen = { first, last };
      settle();
    },
    seek: (id) => {
      sought = id;
      settle();
      return () => {
        if (sought === id) sought = undefined;
      };
    },
    close: () => {
      for (const stop of undo) stop();
      older.close();
      drop(() => true);
    },
  };
}
