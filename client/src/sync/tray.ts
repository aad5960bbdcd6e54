import type { EpochMs, RoomId } from '@skerry/protocol/ids.ts';
import { parseDocumentName, pageDocumentName } from '@skerry/protocol/documentName.ts';
import { isTombstone } from '@skerry/protocol/page/messageRecord.ts';
import { REFUSALS, type RefusalCode } from '@skerry/protocol/refusals.ts';
import { removeOperations } from './outbox.ts';
import {
  bySeq,
  type Operation,
  type OperationRows,
  type RefusedOperation,
  type Rule,
} from './operation.ts';

/** What the server's "no" to one operation does to my operations. */
export function refuseOperation(opId: string, code: RefusalCode, now: EpochMs): Rule {
  return (rows) => {
    const row = rows.outbox.find((one) => one.opId === opId);
    if (row === undefined) return rows; // stored meanwhile
    if (isDone(row, code)) return removeOperations(new Set([opId]))(rows);
    if (code === 'page-closed') return moveOn(rows, row);
    const { scope, retry } = REFUSALS[code];
    // The connection asks for sign-in or an update; the same person's words wait for it.
    if (retry === 'after-login' || retry === 'after-update' || retry === 'on-fresh-fork')
      return rows;
    if (scope === 'account') return setAside(rows, rows.outbox, code, now);
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
      code,
      now,
    );
}

/** Sets everything that is unsent aside. */
export function refuseAccount(code: RefusalCode, now: EpochMs): Rule {
  return (rows) => setAside(rows, rows.outbox, code, now);
}

function isDone(row: Operation, code: RefusalCode): boolean {
  if (code === 'duplicate') return true;
  const isGone = code === 'deleted' || code === 'removed' || code === 'no-message';
  return row.kind === 'delete' && isGone;
}

/** The same message, with all that was done to it since, on the page after the closed one. */
function moveOn(rows: OperationRows, row: Operation): OperationRows {
  const page = parseDocumentName(row.target.document);
  if (page?.kind !== 'page') return rows;
  const target = { document: pageDocumentName(page.roomId, page.page + 1) };
  return {
    ...rows,
    outbox: rows.outbox.map((one) =>
      one.messageId === row.messageId && one.target.document === row.target.document
        ? { ...one, target }
        : one,
    ),
  };
}

function refuseOne(rows: OperationRows, row: Operation, code: RefusalCode, now: EpochMs) {
  if (row.kind !== 'post') return setAside(rows, [row], code, now);
  // What was done to a message that does not exist goes with it.
  const later = rows.outbox.filter((one) => one !== row && one.messageId === row.messageId);
  const rest = removeOperations(new Set(later.map((one) => one.opId)))(rows);
  const last = later.at(-1);
  if (last === undefined) return setAside(rest, [row], code, now);
  if (isTombstone(last.value)) return removeOperations(new Set([row.opId]))(rest);
  return setAside(rest, [row], code, now, last.value);
}

function setAside(
  rows: OperationRows,
  aside: readonly Operation[],
  code: RefusalCode,
  at: EpochMs,
  value?: Operation['value'],
): OperationRows {
  const refused: RefusedOperation[] = aside.map((row) => ({
    ...row,
    ...(value === undefined ? {} : { value }),
    refusal: { code, at },
  }));
  return {
    outbox: rows.outbox.filter((row) => !aside.includes(row)),
    tray: [...rows.tray, ...refused].sort(bySeq),
  };
}
