import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import type { ArrivalNumber, MessageId, RoomId } from '@skerry/protocol/ids.ts';
import type { Documents } from './documents.ts';
import { isSameList } from './listPage.ts';
import type { PageView } from './messageList.ts';
import { AT_END, farFrom, isLongEnough, pageAt, runsOf } from './pageRuns.ts';
import { createSignal, derive, type Source } from './readable.ts';
import { RoomPage } from './roomPage.ts';
import { mayBeOlder } from './seeking.ts';
import type { ConnectionState, Hole, OlderMessages, Readable } from './views.ts';

/** The room went on by more pages than this: reading begins anew at its end. */
const MAX_PAGES_TO_CATCH_UP = 3;
/** Read back for a link to one message; further back the reader scrolls. */
const MAX_PAGES_TO_SEEK = 40;
/** In memory, at up to 1 MB each. More than these stay only while they are on screen or looked for. */
const MAX_PAGES_KEPT = 12;

export interface RoomPagesDeps {
  roomId: RoomId;
  documents: Pick<Documents, 'acquire'>;
  connection: Readable<ConnectionState>;
  /** Undefined while this device does not know it. */
  findHead: () => number | undefined;
  /** Fire when the head page may be another one. */
  headSources: readonly Source[];
  /** What was read stays on this device when it leaves memory. */
  mayDrop: () => boolean;
}

/** The pages of an open room: its end, and what was read back from there. */
export interface RoomPages {
  changed: Source;
  /** Those that can be shown, oldest first. */
  views: () => readonly PageView[];
  /** Those of them that reach the room's end without a hole. */
  endViews: () => readonly PageView[];
  /** The page with this message. */
  find: (id: MessageId) => PageView | undefined;
  /** The newest page that is known. */
  head: () => number | undefined;
  /** All that the server had of the newest page is here. */
  isCurrent: () => boolean;
  older: Readable<OlderMessages>;
  loadOlder: () => void;
  /** Pages far below the screen that were let go; undefined while there are none. */
  hole: Readable<Hole | undefined>;
  loadNewer: () => void;
  /** Messages on screen; those without a number stand at the end. */
  show: (first: ArrivalNumber | undefined, last: ArrivalNumber | undefined) => void;
  /** Loads pages back until this message is there; returns its undo. */
  seek: (id: MessageId) => () => void;
  /** A message is asked for that was not on screen yet and may still come. */
  seeking: Readable<boolean>;
  close: () => void;
}

export function createRoomPages(deps: RoomPagesDeps): RoomPages {
  const { roomId, documents, connection } = deps;
  const changed = createSignal();
  /** Oldest first. The only hole that stays is between what is on screen and the room's end. */
  let pages: RoomPage[] = [];
  let onScreen = AT_END;
  let sought: MessageId | undefined;
  let isSettling = false;
  let told: readonly unknown[] = [];

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
  const drop = (gone: readonly RoomPage[]): void => {
    pages = pages.filter((page) => !gone.includes(page));
    for (const page of gone) page.detach();
  };
  const endRun = (): RoomPage[] => runsOf(pages).at(-1) ?? [];

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
  /** Pages that a restored server does not have, and those before a hole once nobody looks at them. */
  const dropLost = (): void => {
    const head = deps.findHead() ?? Infinity;
    drop(pages.filter(({ page, deniedCode }) => page > head && deniedCode === 'not-found'));
    if (pages.at(-1)?.isHere !== true) return;
    const seen = pageAt(pages, onScreen.first);
    const runs = runsOf(pages);
    const kept = runs.filter((run) => run === runs.at(-1) || run.some((page) => page === seen));
    drop(pages.filter((page) => !kept.some((run) => run.includes(page))));
  };
  /** The page before which one is missing for the end of the room, or for what is sought. */
  const findIncomplete = (): RoomPage | undefined => {
    const run = endRun();
    const [oldest] = run;
    if (oldest === undefined || oldest.page === 0) return undefined;
    // Offline, the end of the room may be missing while what was before it is here.
    const isOnlyHead = pages.length === 1 && isOffline() && oldest.isRead;
    if (!oldest.isHere) return isOnlyHead ? oldest : undefined;
    return !isLongEnough(run) || isStillSought(run) ? oldest : undefined;
  };
  const isStillSought = (run: readonly RoomPage[]): boolean => {
    if (sought === undefined || run.length >= MAX_PAGES_TO_SEEK || isFound(sought)) return false;
    return mayBeOlder(sought, run[0]?.span?.firstArrivedAt);
  };
  const isFound = (id: MessageId): boolean => pages.some((page) => page.has(id));
  /** What is sought was on screen, or is not where it could be. */
  const endSeeking = (): void => {
    if (sought === undefined) return;
    const [id, run] = [sought, endRun()];
    const number = pages.find((page) => page.has(id))?.numberOf(id);
    if (number !== undefined) {
      if (onScreen.first <= number && number <= onScreen.last) sought = undefined;
    } else if (run[0]?.isHere === true && (run[0].page === 0 || !isStillSought(run))) {
      sought = undefined;
    }
  };
  /** Attached are the head, what is on screen with a neighbour, and what is still coming. */
  const attachWhatIsSeen = (): void => {
    const from = (pageAt(pages, onScreen.first)?.page ?? 0) - 1;
    const to = (pageAt(pages, onScreen.last)?.page ?? 0) + 1;
    for (const page of pages) {
      const isSeen = page.page >= from && page.page <= to;
      if (isSeen || !page.isWhole || page === pages.at(-1)) page.attach();
      else page.detach();
    }
  };
  const tell = (): void => {
    const now = pages.flatMap((page) => [
      page.page,
      page.isHere ? page.view : undefined,
      page.isRead,
      page.isCurrent,
    ]);
    const next = [sought, ...now];
    if (isSameList(told, next)) return;
    told = next;
    changed.fire();
  };

  /** Something came, went or is seen now: from here on the pages are again as they should be. */
  const settle = (): void => {
    if (isSettling) return; // acquiring tells of what is loaded already
    isSettling = true;
    try {
      takeOver();
      dropLost();
      catchUp();
      takeOver();
      for (let last = findIncomplete(); last !== undefined; last = findIncomplete()) {
        open(last.page - 1);
        takeOver();
      }
      endSeeking();
      attachWhatIsSeen();
      takeOver();
    } finally {
      isSettling = false;
    }
    tell();
  };

  const older = derive<OlderMessages>([changed, connection], () => {
    const oldest = pages[0];
    if (oldest?.isHere !== true) {
      return isOffline() && oldest?.isRead !== false ? 'not-on-device' : 'loading';
    }
    return oldest.page === 0 ? 'none' : 'more';
  });
  const hole = derive<Hole | undefined>([changed, connection], (last) => {
    const here = pages.filter((page) => page.isHere);
    const after = here.find(({ page }, index) => index > 0 && here[index - 1]?.page !== page - 1);
    if (after === undefined) return undefined;
    const coming = pages[pages.indexOf(after) - 1];
    const before = after.span?.first ?? Infinity;
    const state =
      coming?.isHere !== false
        ? 'more'
        : isOffline() && coming.isRead
          ? 'not-on-device'
          : 'loading';
    return last?.before === before && last.state === state ? last : { before, state };
  });
  const seeking = derive<boolean>(
    [changed, older],
    () => sought !== undefined && older.get() !== 'not-on-device',
  );
  const undo = [...deps.headSources, connection].map((source) => source.subscribe(settle));
  settle();

  return {
    changed,
    views: () => viewsOf(pages),
    endViews: () => viewsOf(endRun()),
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
      const oldest = pages[0];
      if (older.get() !== 'more' || oldest === undefined) return;
      open(oldest.page - 1);
      settle();
    },
    hole,
    loadNewer: () => {
      const last = runsOf(pages)[0]?.at(-1);
      if (hole.get()?.state !== 'more' || last === undefined) return;
      open(last.page + 1);
      settle();
    },
    show: (first = Infinity, last = Infinity) => {
      if (first === onScreen.first && last === onScreen.last) return;
      onScreen = { first, last };
      // What is sought is on its way to the screen.
      if (sought === undefined && deps.mayDrop()) drop(farFrom(pages, onScreen, MAX_PAGES_KEPT));
      settle();
    },
    seek: (id) => {
      sought = id;
      // It is looked for from the end.
      if (!isFound(id)) onScreen = AT_END;
      settle();
      return () => {
        if (sought !== id) return;
        sought = undefined;
        tell();
      };
    },
    seeking,
    close: () => {
      for (const stop of undo) stop();
      for (const derived of [older, hole, seeking]) derived.close();
      drop(pages);
    },
  };
}

function viewsOf(pages: readonly RoomPage[]): PageView[] {
  return pages.filter((page) => page.isHere).map((page) => page.view);
}
