import type { HocuspocusProvider } from '@hocuspocus/provider';
import { pageDocumentName, roomDocumentName } from '@skerry/protocol/documentName.ts';
import type { MessageId, RoomId, UserId } from '@skerry/protocol/ids.ts';
import { newMessageRecord, type MessageRecord } from '@skerry/protocol/page/messageRecord.ts';
import { messagesOf, readOrder, type OrderEntry } from '@skerry/protocol/page/pageDoc.ts';
import { parseServerMessage } from '@skerry/protocol/stateless.ts';
import { v7 as uuidv7 } from 'uuid';
import type * as Y from 'yjs';

export interface Attached {
  doc: Y.Doc;
  provider: HocuspocusProvider;
}

type Attach = (name: string) => Promise<Attached>;

/** What a stranger's program sees of a room whose newest page it has opened. */
export interface DevicePage {
  /** Of the head page as it is now. */
  readonly doc: Y.Doc;
  post: (text: string) => MessageId;
  /** All in one update. */
  postMany: (texts: readonly string[]) => MessageId[];
  /** From the page that was the head at opening up to the head now. */
  order: () => OrderEntry[];
  /** Messages of its own that it has not seen in `order` so far. */
  unanswered: () => number;
}

interface Own {
  record: MessageRecord;
  /** Where it was posted last. */
  page: number;
}

/** Opens the head page and follows the room to its next ones, with what was not taken before. */
export async function openHead(attach: Attach, by: UserId, roomId: RoomId): Promise<DevicePage> {
  const room = await attach(roomDocumentName(roomId));
  const meta = room.doc.getMap('meta');
  const pages = new Map<number, Attached>();
  const closed = new Set<number>();
  const own = new Map<MessageId, Own>();
  let head = Number(meta.get('head'));

  const current = (): Attached => {
    const attached = pages.get(head);
    if (attached === undefined) throw new Error('the head page is not open');
    return attached;
  };
  const open = async (page: number) => {
    const attached = await attach(pageDocumentName(roomId, page));
    pages.set(page, attached);
    head = page;
    attached.provider.on('stateless', ({ payload }: { payload: string }) => {
      const message = parseServerMessage(payload);
      if (message?.type !== 'refused' || message.code !== 'page-closed') return;
      closed.add(page);
      repost();
    });
  };
  const order = () => [...pages.values()].flatMap(({ doc }) => readOrder(doc));
  // What a closed page took was told before its refusal, so nothing is posted twice.
  const forgetStored = () => {
    for (const [id] of order()) own.delete(id);
  };
  const repost = () => {
    forgetStored();
    for (const [id, { page, record }] of own) if (closed.has(page) && page < head) put(id, record);
  };
  const put = (id: MessageId, record: MessageRecord) => {
    own.set(id, { record, page: head });
    if (!closed.has(head)) messagesOf(current().doc).set(id, record);
  };
  const post = (text: string) => {
    const id = uuidv7() as MessageId;
    put(id, newMessageRecord(by, Date.now(), text));
    return id;
  };
  const follow = async () => {
    while (head < Number(meta.get('head'))) await open(head + 1);
    repost();
  };

  await open(head);
  let following = follow();
  meta.observe(() => {
    // The server may be killed while a page is opened: then nothing more is to be seen here.
    following = following.then(follow).catch(() => undefined);
  });
  return {
    get doc() {
      return current().doc;
    },
    post,
    postMany: (texts) => {
      const ids: MessageId[] = [];
      current().doc.transact(() => {
        for (const text of texts) ids.push(post(text));
      });
      return ids;
    },
    order,
    unanswered: () => {
      forgetStored();
      return own.size;
    },
  };
}

/** Reads all pages of a room, one after the other: a person may have only so many open. */
export async function readWholeOrder(attach: Attach, roomId: RoomId): Promise<OrderEntry[]> {
  const room = await attach(roomDocumentName(roomId));
  const head = Number(room.doc.getMap('meta').get('head'));
  room.provider.destroy();
  const entries: OrderEntry[] = [];
  for (let page = 0; page <= head; page++) {
    const { doc, provider } = await attach(pageDocumentName(roomId, page));
    entries.push(...readOrder(doc));
    provider.destroy();
  }
  return entries;
}
