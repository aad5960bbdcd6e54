import type { UserId } from '@skerry/protocol/ids.ts';
import { MAX_CLOSED_PAGE_CLIENTS } from '@skerry/protocol/limits.ts';
import { isTombstone, readMessageRecord } from '@skerry/protocol/page/messageRecord.ts';
import { PAGE_ROOTS } from '@skerry/protocol/page/pageDoc.ts';
import type { KeyChange } from './chains.ts';
import { judge } from './gate.ts';
import { objectToMessage, objectToRoom } from './messageRules.ts';
import { refuse } from './objection.ts';
import { objectToReaction } from './reactionRules.ts';
import type { Rules } from './rules.ts';
import type { AcceptedMessage, Frame, GateVerdict, PageView } from './verdict.ts';
import { inWritingOrder } from './writingOrder.ts';

const ROOTS: ReadonlySet<string> = new Set([PAGE_ROOTS.messages, PAGE_ROOTS.reactions]);

/** Decides what one update of a member may do to a page. */
export function judgePage(
  view: PageView,
  update: Uint8Array,
  userId: UserId,
  frame: Frame,
): GateVerdict {
  return judge(pageRules(view, userId), view, update, userId, frame);
}

function pageRules(view: PageView, userId: UserId): Rules {
  return {
    roots: ROOTS,
    objectToSet: (change, value, chains) =>
      change.root === PAGE_ROOTS.messages
        ? objectToMessage(view, userId, change, value)
        : objectToReaction(view, userId, chains, change, value),
    objectToLast: (change) => objectToRoom(view, change),
    objectToWhole: (changes, clients) => {
      const { closed, isTooLarge, doc } = view;
      const [post] = closed ? messagesOf(changes).posts : [];
      if (post !== undefined)
        return { objection: refuse('page-closed'), key: `messages/${post.id}` };
      const known = doc.store.clients;
      const fresh = [...clients.keys()].filter((client) => !known.has(client));
      if (!isTooLarge && known.size + fresh.length <= MAX_CLOSED_PAGE_CLIENTS) return undefined;
      // Nobody is kept from taking back their words. A message ends once, under one id: the page stays bounded.
      if (changes.every(isRemoval) && fresh.length <= changes.length) return undefined;
      const [first] = changes;
      const objection = refuse('page-full');
      return first === undefined ? { objection } : { objection, key: `${first.root}/${first.key}` };
    },
    effectsOf: (changes) => {
      const { posts, edits } = messagesOf(changes);
      return { posts: inWritingOrder(posts), edits };
    },
  };
}

function isRemoval({ root, isNew, value }: KeyChange): boolean {
  const record = root === PAGE_ROOTS.messages && !isNew ? readMessageRecord(value) : undefined;
  return record !== undefined && isTombstone(record);
}

function messagesOf(changes: Iterable<KeyChange>): {
  posts: AcceptedMessage[];
  edits: AcceptedMessage[];
} {
  const posts: AcceptedMessage[] = [];
  const edits: AcceptedMessage[] = [];
  for (const { root, key, isNew, tip, value } of changes) {
    if (root !== PAGE_ROOTS.messages || tip === undefined) continue;
    const record = readMessageRecord(value);
    if (record === undefined) throw new Error('an accepted message cannot be read');
    const { client, clock } = tip;
    const message = { id: key as AcceptedMessage['id'], record, client, clock };
    if (!isNew) edits.push(message);
    // Written and deleted before it was ever stored: others learn nothing of it.
    else if (!isTombstone(record)) posts.push(message);
  }
  return { posts, edits };
}
