import { MAX_PREVIEW_CHARACTERS } from '@skerry/protocol/limits.ts';
import { isTombstone } from '@skerry/protocol/page/messageRecord.ts';
import { messagesOf, peopleOf, readOrder, redactionsOf } from '@skerry/protocol/page/pageDoc.ts';
import type * as Y from 'yjs';
import { readRecord } from './listPage.ts';
import type { RoomReading } from './unread.ts';

/** The newest message in the pages that still has words, with the number up to which that holds. */
export function newestIn(pages: readonly Y.Doc[]): RoomReading['newest'] {
  const entries = pages
    .flatMap((page) => readOrder(page).map((entry) => ({ page, entry })))
    .sort((a, b) => b.entry[2] - a.entry[2]);
  const last = entries[0]?.entry[2];
  if (last === undefined) return undefined;
  for (const { page, entry } of entries) {
    const [id, arrivedAt] = entry;
    const record = readRecord(messagesOf(page).get(id));
    if (record === undefined || isTombstone(record) || redactionsOf(page).has(id)) continue;
    const name = peopleOf(page).get(record.by)?.[0] ?? '';
    const text = record.text.slice(0, MAX_PREVIEW_CHARACTERS);
    return { last, by: record.by, name, text, at: Math.min(record.at, arrivedAt) };
  }
  return undefined;
}
