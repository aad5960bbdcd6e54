import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import { compactDocument } from '../documents/compaction.ts';
import type { Documents } from '../documents/documents.ts';
import { blankQuotesOnPage } from '../documents/redaction.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { rewriteTables } from '../platform/tableFiles.ts';
import {
  findLastRewrite,
  findPages,
  listAwaitingFiles,
  listUnfinished,
  outdateOpenPages,
  stampErasures,
  type Erasure,
} from './erasureStore.ts';

/** Tables whose rows have held what people wrote. */
const WRITTEN_TABLES = [
  'updates',
  'documents',
  'messages',
  'push_queue',
  'mentions',
  'node_messages',
];

/**
 * Nobody can use the tables while they are written anew: on demand not more often than this, however many
 * messages somebody redacts one by one.
 */
export const MIN_REWRITE_GAP_MS = 15 * 60_000;

export interface ErasureDeps {
  db: Database;
  clock: Clock;
  documents: Pick<Documents, 'changePage'>;
}

/**
 * After this no row holds the redacted words: replies to the message stop quoting them, and its page and
 * theirs are compacted. May be repeated.
 */
export async function eraseRows(deps: ErasureDeps, erasure: Erasure): Promise<void> {
  const { db, clock, documents } = deps;
  const { id, roomId, messageId } = erasure;
  // A reply that is under way somewhere is committed before this, and found below, or it is judged again.
  await outdateOpenPages(db.kysely, roomId);
  let pages = await findPages(db.kysely, roomId, messageId);
  // A reply comes after what it answers; the room may go on in a new page meanwhile.
  for (let page = pages?.page ?? 0; page <= (pages?.head ?? -1); page++) {
    await documents.changePage(roomId, page, () =>
      Promise.resolve((fork) => {
        blankQuotesOnPage(fork, messageId);
      }),
    );
    await compactDocument(db, pageDocumentName(roomId, page));
    if (page === pages?.head) pages = await findPages(db.kysely, roomId, messageId);
  }
  await stampErasures(db.kysely, [id], 'rows_at', clock());
}

/**
 * Finishes what a process that died has left of erasures, and writes tables anew whose files still hold what
 * was erased: after a redaction, and `always` for what people deleted themselves. What comes too soon after the
 * last time is done `later`.
 */
export async function eraseFiles(
  deps: ErasureDeps,
  { always, later }: { always: boolean; later: (seconds: number) => Promise<void> },
): Promise<void> {
  const { db, clock } = deps;
  const failures: unknown[] = [];
  for (const erasure of await listUnfinished(db.kysely)) {
    // One room that cannot be read must not keep the others' words.
    await eraseRows(deps, erasure).catch((error: unknown) => failures.push(error));
  }
  const waiting = await listAwaitingFiles(db.kysely);
  const waitMs = always ? 0 : await timeToRewrite(deps);
  if (waiting.length > 0 && waitMs > 0) await later(waitMs / 1_000);
  else if (waiting.length > 0 || always) {
    await rewriteTables(db, WRITTEN_TABLES);
    await stampErasures(db.kysely, waiting, 'files_at', clock());
  }
  if (failures.length > 0) throw new AggregateError(failures, 'some erasures were not finished');
}

async function timeToRewrite({ db, clock }: ErasureDeps): Promise<number> {
  const last = await findLastRewrite(db.kysely);
  const sinceMs = clock() - (last ?? -Infinity);
  // A clock that was set back must not put it off for longer.
  return Math.min(MIN_REWRITE_GAP_MS, MIN_REWRITE_GAP_MS - sinceMs);
}
