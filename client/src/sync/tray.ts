import type { EpochMs, RoomId } from '@skerry/protocol/ids.ts';
import { parseDocumentName, pageDocumentName } from '@skerry/protocol/documentName.ts';
import { isTombstone } from '@skerry/protocol/page/messageRecord.ts';
import { messagesOf } from '@skerry/protocol/page/pageDoc.ts';
import { REFUSALS, type RefusalCode } from '@skerry/protocol/refusals.ts';
import type * as Y from 'yjs';
import { removeOperations, settleOperations, unsentAgain } from './outbox.ts';
import {
  bySeq,
  messagesIn,
  type MessageOperation,
  type Operation,
  type OperationRows,
  type RefusedOperation,
  type Rule,
} from './operation.ts';

/** What the server's "no" to one operation on one page does to my operations. */
export function refuseOperation(
  opId: string,
  code: RefusalCode,
  now: EpochMs,
  document: string,
): Rule {
  return (rows) => {
    const row = rows.outbox.find((one) => one.opId === opId);
    if (row === undefined) return rows; // stored meanwhile
    if (isDone(row, code)) return settleOperations(new Set([opId]))(rows);
    if (code === 'page-closed' && row.kind === 'post') return leaveClosedPage(document)(rows);
    const { scope, retry } = REFUSALS[code];
    // The connection asks for sign-in or an update; the same person's words wait for it.
    if (retry === 'after-login' || retry === 'after-update' || retry === 'on-fresh-fork')
      return rows;
    if (scope === 'account') return setAside(rows, rows.outbox, { code, at: now });
    // How far I read is no loss, and says nothing about the words that wait for the same room.
    if (row.kind === 'read') {
      return retry === 'later' ? rows : removeOperations(new Set([opId]))(rows);
    }
    if (scope === 'room') return refuseRoom(row.room.id, code, now)(rows);
    if (retry === 'later') return rows;
    return refuseOne(rows, row, code, now);
  };
}

/** Sets all of a room's unsent operations aside. */
export function refuseRoom(roomId: RoomId, code: RefusalCode, now: EpochMs): Rule {
  return (rows) =>
    setAside(
      rows,
      rows.outbox.filter((row) => row.room.id === roomId),
      { code, at: now },
    );
}

/** Sets everything that is unsent aside. */
export function refuseAccount(code: RefusalCode, now: EpochMs): Rule {
  return (rows) => setAside(rows, rows.outbox, { code, at: now });
}

/** A delete that finds nothing is kept among the sent, so that its message does not go again after a restore. */
function isDone(row: Operation, code: RefusalCode): boolean {
  if (code === 'duplicate') return true;
  const isGone = code === 'deleted' || code === 'removed' || code === 'no-message';
  return row.kind === 'delete' && isGone;
}

/**
 * All my posts that a page did not take before it closed go to the page after it, with what was done to them
 * since. Its refusal came after everything that it ever took, so nothing of them is stored there.
 */
function leaveClosedPage(document: string): Rule {
  return (rows) => {
    const closed = parseDocumentName(document);
    if (closed?.kind !== 'page') return rows;
    const goesOn = (row: Operation): boolean => {
      const page = parseDocumentName(row.target.document);
      if (page?.kind !== 'page' || page.roomId !== closed.roomId) return false;
      // One that has not left is still named by the page that was the head when it was written.
      return page.page === closed.page || (page.page < closed.page && row.attempts.length === 0);
    };
    return movePosts(rows, goesOn, pageDocumentName(closed.roomId, closed.page + 1));
  };
}

/**
 * The server does not have this page, because a backup was restored: posts go to the head instead. What was
 * done to messages that went with the page is set aside.
 */
export function leaveMissingPage(document: string, head: number, now: EpochMs): Rule {
  return (rows) => {
    const missing = parseDocumentName(document);
    if (missing?.kind !== 'page' || missing.page <= head) return rows;
    const isThere = (row: Operation): boolean => row.target.document === document;
    const moved = movePosts(rows, isThere, pageDocumentName(missing.roomId, head));
    return moved.outbox
      .filter(isThere)
      .reduce((left, row) => refuseOperation(row.opId, 'no-message', now, document)(left), moved);
  };
}

/** Has a message come for which something was set aside? */
export function isAwaited({ tray }: OperationRows, page: Y.Doc): boolean {
  return tray.some((row) => hasCome(row, page));
}

/**
 * A message is there that was not when something was done to it: another device has sent it again after a
 * backup was restored. What was set aside goes to the page that has it.
 */
export function goOnWith(document: string, page: Y.Doc): Rule {
  return (rows) =>
    rows.tray
      .filter((row) => hasCome(row, page))
      .reduce<OperationRows>(
        (last, row) => ({
          outbox: [
            ...last.outbox,
            { ...unsentAgain(last, row), target: { document }, attempts: [] },
          ],
          tray: last.tray.filter((each) => each !== row),
        }),
        rows,
      );
}

function hasCome({ refusal, messageId }: RefusedOperation, page: Y.Doc): boolean {
  return refusal.code === 'no-message' && messagesOf(page).has(messageId);
}

/** Nothing of a moved post is known to the page it goes to: it is as if it had never left. */
function movePosts(
  rows: OperationRows,
  isMoved: (row: Operation) => boolean,
  document: string,
): OperationRows {
  const posts = messagesIn(rows.outbox).filter((row) => row.kind === 'post' && isMoved(row));
  const ids = new Set(posts.map((row) => row.messageId));
  const target = { document };
  const move = (row: MessageOperation): MessageOperation =>
    row.kind === 'post' ? { ...row, target, attempts: [] } : { ...row, target };
  return {
    ...rows,
    outbox: rows.outbox.map((row) =>
      row.kind !== 'read' && ids.has(row.messageId) ? move(row) : row,
    ),
  };
}

function refuseOne(rows: OperationRows, row: MessageOperation, code: RefusalCode, now: EpochMs) {
  if (row.kind !== 'post') return setAside(rows, [row], { code, at: now });
  // What was done to a message that does not exist goes with it.
  const later = messagesIn(rows.outbox).filter(
    (one) => one !== row && one.messageId === row.messageId,
  );
  const rest = removeOperations(new Set(later.map((one) => one.opId)))(rows);
  const last = later.at(-1);
  if (last === undefined) return setAside(rest, [row], { code, at: now });
  if (isTombstone(last.value)) return removeOperations(new Set([row.opId]))(rest);
  return setAside(rest, [row], { code, at: now }, last.value);
}

/** What I wrote goes to the tray; how far I read is forgotten. */
function setAside(
  rows: OperationRows,
  aside: readonly Operation[],
  refusal: RefusedOperation['refusal'],
  value?: MessageOperation['value'],
): OperationRows {
  const refused: RefusedOperation[] = messagesIn(aside).map((row) => ({
    ...row,
    ...(value === undefined ? {} : { value }),
    refusal,
  }));
  return {
    outbox: rows.outbox.filter((row) => !aside.includes(row)),
    tray: [...rows.tray, ...refused].sort(bySeq),
  };
}
