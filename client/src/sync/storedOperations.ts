import { orderOf } from '@skerry/protocol/page/pageDoc.ts';
import type * as Y from 'yjs';
import { hasStruct } from './fork.ts';
import type { Operation } from './operation.ts';

/**
 * The operations that a page has stored: it shows one of the structs under which they left, or the
 * message's place in `order`. The second is all there is when no attempt could be written before a crash.
 */
export function findStored(
  operations: readonly Operation[],
  document: string,
  page: Y.Doc,
): Operation[] {
  const sentThere = operations.filter(
    (row) => row.target.document === document && (row.kind === 'post' || row.attempts.length > 0),
  );
  if (sentThere.length === 0) return [];
  const numbered = new Set(
    orderOf(page)
      .toArray()
      .map(([id]) => id),
  );
  return sentThere.filter(
    (row) =>
      (row.kind === 'post' && numbered.has(row.messageId)) ||
      row.attempts.some(({ client, clock }) => hasStruct(page, client, clock)),
  );
}
