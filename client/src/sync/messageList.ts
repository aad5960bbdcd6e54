import type { ArrivalNumber, MessageId, UserId } from '@skerry/protocol/ids.ts';
import { isTombstone } from '@skerry/protocol/page/messageRecord.ts';
import { receiptsOf } from '@skerry/protocol/page/pageDoc.ts';
import type * as Y from 'yjs';
import {
  contentOf,
  isSameList,
  keepUnchanged,
  listPage,
  refusedDelivery,
  type ListDeps,
  type Mine,
} from './listPage.ts';
import {
  bySeq,
  messagesIn,
  type MessageOperation,
  type OperationRows,
  type RefusedOperation,
} from './operation.ts';
import type { ListedMessage } from './views.ts';

/** A page to list: another object after each change of the document. */
export interface PageView {
  /** Its number in the room. */
  page: number;
  doc: Y.Doc;
}

/** A room's messages, with what they were made from. */
export interface MessageList {
  messages: readonly ListedMessage[];
  unsent: readonly ListedMessage[];
  pages: ReadonlyMap<number, ListedPage>;
}

interface ListedPage {
  messages: readonly ListedMessage[];
  /** Messages that have a number on it, those that cannot be shown included. */
  ids: ReadonlySet<MessageId>;
  view: PageView;
  deps: ListDeps;
  mine: readonly [MessageId, Mine][];
}

const EMPTY: MessageList = { messages: [], unsent: [], pages: new Map() };

/**
 * A room's messages: page after page by arrival number, my unsent edits and deletes laid over them, then my
 * own messages without a number in the order written. `last` is the list before: pages on which nothing
 * changed are taken from it as they are, and entries that did not change keep their identity.
 */
export function messageList(
  room: Omit<ListDeps, 'readNumber'>,
  pages: readonly PageView[],
  rows: OperationRows,
  last: MessageList = EMPTY,
): MessageList {
  const mine = mineByMessage(rows);
  const deps: ListDeps = { ...room, readNumber: highestReceipt(pages, room.me.id) };
  const listed = pages.map((view) => listAgain(deps, view, mine, last.pages.get(view.page)));
  const isNumbered = (id: MessageId): boolean => listed.some(({ ids }) => ids.has(id));
  const posts = [...messagesIn(rows.outbox), ...rows.tray]
    .filter((row) => row.kind === 'post')
    .sort(bySeq);
  const unsent = keepUnchanged(
    last.unsent,
    posts.flatMap((post) =>
      isNumbered(post.messageId) ? [] : (listUnsent(deps, post, mine.get(post.messageId)) ?? []),
    ),
  );
  const messages = [...listed.flatMap((page) => page.messages), ...unsent];
  return {
    messages: isSameList(last.messages, messages) ? last.messages : messages,
    unsent,
    pages: new Map(listed.map((page) => [page.view.page, page])),
  };
}

function listAgain(
  deps: ListDeps,
  view: PageView,
  mine: ReadonlyMap<MessageId, Mine>,
  last: ListedPage | undefined,
): ListedPage {
  if (last !== undefined && isUnchanged(last, deps, view, mine)) return last;
  const { messages, ids } = listPage(deps, view.doc, mine, last?.messages ?? []);
  return { messages, ids, view, deps, mine: mineAmong(mine, ids) };
}

function isUnchanged(
  last: ListedPage,
  deps: ListDeps,
  view: PageView,
  mine: ReadonlyMap<MessageId, Mine>,
): boolean {
  if (last.view !== view) return false;
  if (last.deps.me !== deps.me || last.deps.members !== deps.members) return false;
  if (readIn(last, last.deps) !== readIn(last, deps)) return false;
  const now = mineAmong(mine, last.ids);
  return (
    now.length === last.mine.length &&
    now.every(([id, { over, refused }], index) => {
      const [lastId, before] = last.mine[index] ?? [];
      return id === lastId && over === before?.over && refused === before?.refused;
    })
  );
}

/** How far others have read, as far as this page goes. */
function readIn({ messages }: ListedPage, { readNumber }: ListDeps): ArrivalNumber {
  const [first, last] = [messages[0]?.number ?? 0, messages.at(-1)?.number ?? 0];
  return Math.max(first - 1, Math.min(readNumber, last));
}

function mineAmong(
  mine: ReadonlyMap<MessageId, Mine>,
  ids: ReadonlySet<MessageId>,
): [MessageId, Mine][] {
  return [...mine].filter(([id]) => ids.has(id));
}

function mineByMessage({ outbox, tray }: OperationRows): Map<MessageId, Mine> {
  const mine = new Map<MessageId, Mine>();
  for (const row of tray) mine.set(row.messageId, { over: undefined, refused: row });
  for (const row of messagesIn(outbox)) {
    const refused = mine.get(row.messageId)?.refused;
    // A post whose number is known says nothing more than what is stored.
    mine.set(row.messageId, { over: row.kind === 'post' ? undefined : row, refused });
  }
  return mine;
}

function listUnsent(
  deps: Pick<ListDeps, 'me'>,
  post: MessageOperation | RefusedOperation,
  own: Mine | undefined,
): ListedMessage | undefined {
  const value = own?.over?.value ?? post.value;
  // Written and deleted here: it may have left, but nobody wants to see it go.
  if (isTombstone(value)) return undefined;
  return {
    id: post.messageId,
    author: deps.me,
    mine: true,
    at: value.at,
    arrivedAt: undefined,
    number: undefined,
    content: contentOf(value),
    delivery: 'refusal' in post ? refusedDelivery(post) : { state: 'onDevice' },
  };
}

/** How far anybody else has read: a receipt stands in the page that was the newest then. */
function highestReceipt(pages: readonly PageView[], me: UserId): ArrivalNumber {
  let highest = 0;
  for (const { doc } of pages) {
    for (const [userId, number] of receiptsOf(doc).entries()) {
      if (userId !== me && Number.isInteger(number)) highest = Math.max(highest, number);
    }
  }
  return highest;
}
