import type { ArrivalNumber } from '@skerry/protocol/ids.ts';
import { MAX_PREVIEW_CHARACTERS } from '@skerry/protocol/limits.ts';
import { isTombstone } from '@skerry/protocol/page/messageRecord.ts';
import { messagesOf, peopleOf, readOrder, redactionsOf } from '@skerry/protocol/page/pageDoc.ts';
import { readRecord } from './listPage.ts';
import type { PageView } from './messageList.ts';
import type { RoomReading } from './unread.ts';

/** The newest message in the pages, oldest first, that still has words, with the number up to which that holds. */
export function newestIn(pages: readonly PageView[]): RoomReading['newest'] {
  let last: ArrivalNumber | undefined;
  for (const { doc } of pages.toReversed()) {
    for (const [id, arrivedAt, number] of readOrder(doc).reverse()) {
      last ??= number;
      const record = readRecord(messagesOf(doc).get(id));
      if (record === undefined || isTombstone(record) || redactionsOf(doc).has(id)) continue;
      const name = peopleOf(doc).get(record.by)?.[0] ?? '';
      const text = record.text.slice(0, MAX_PREVIEW_CHARACTERS);
      return { last, by: record.by, name, text, at: Math.min(record.at, arrivedAt) };
    }
  }
  return undefined;
}
