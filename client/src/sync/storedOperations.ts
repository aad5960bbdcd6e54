import { orderOf } from '@skerry/protocol/page/pageDoc.ts';
import type * as Y from 'yjs';
import { hasStruct } from './fork.ts';
import { isDoneAlready } from './operationKey.ts';
import type { Operation } from './operation.ts';

/**
 * The operations that a document has stored: it shows one of the structs under which they left, or the
 * message's place in `order`. The second is all there is when no attempt could be written before a crash.
 * A read mark that already says what it would become needs nothing more, once `isCurrent` says that the
 * copy holds all that the server has: in one that is fetched anew no mark says anything.
 */
export function findStored(
  operations: readonly Operation[],
  document: string,
  stored: Y.Doc,
  isCurrent: boolean,
): Operation[] {
  const sentThere = operations.filter(
    ({ target, kind, attempts }) =>
      target.document === document && (kind === 'post' || kind === 'read' || attempts.length > 0),
  );
  if (sentThere.length === 0) return [];
  const posts = sentThere.some(({ kind }) => kind === 'post');
  const numbered = new Set(
    posts
      ? orderOf(stored)
          .toArray()
          .map(([id]) => id)
      : [],
  );
  // Made on a mark that was not there yet: what it does shows only after the one before it.
  const before = new Set<string>();
  return sentThere.filter((row) => {
    const isStored =
      (row.kind === 'post' && numbered.has(row.messageId)) ||
      row.attempts.some(({ client, clock }) => hasStruct(stored, client, clock)) ||
      (isCurrent && !before.has(row.room.id) && isDoneAlready(row, stored));
    if (row.kind === 'read' && !isStored) before.add(row.room.id);
    return isStored;
  });
}
