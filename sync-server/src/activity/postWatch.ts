import type { ArrivalNumber, ClientId, RoomId } from '@skerry/protocol/ids.ts';
import { orderOf, type OrderEntry } from '@skerry/protocol/page/pageDoc.ts';
import type * as Y from 'yjs';

/** New messages of a room: arrival numbers from `first` to `last`, the newest on `page`. */
export interface Posted {
  roomId: RoomId;
  page: number;
  first: ArrivalNumber;
  last: ArrivalNumber;
}

/**
 * Reports what comes into a live page's `order`, that is: what is stored. Also after a lost answer, and what
 * other processes have stored; `isOwn` says that this one did.
 */
export function watchPosts(
  page: { doc: Y.Doc; roomId: RoomId; page: number },
  serverClientId: ClientId,
  report: (posted: Posted, isOwn: boolean) => void,
): void {
  orderOf(page.doc).observe(({ changes }) => {
    let isOwn = false;
    let [first, last] = [Infinity, -Infinity];
    for (const { id, content } of changes.added) {
      isOwn ||= id.client === serverClientId;
      for (const [, , number] of content.getContent() as OrderEntry[]) {
        first = Math.min(first, number);
        last = Math.max(last, number);
      }
    }
    if (first <= last) report({ roomId: page.roomId, page: page.page, first, last }, isOwn);
  });
}
