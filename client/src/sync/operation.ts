import { isRoomId, MessageId, type EpochMs, type RoomId } from '@skerry/protocol/ids.ts';
import {
  isTombstone,
  readMessageRecord,
  type MessageRecord,
} from '@skerry/protocol/page/messageRecord.ts';
import { isRefusalCode, type RefusalCode } from '@skerry/protocol/refusals.ts';
import { RoomKind } from '@skerry/protocol/room/roomDoc.ts';
import * as z from 'zod/mini';
import type { OperationView } from './views.ts';

const Attempt = z.object({ client: z.number(), clock: z.number() });

/**
 * One thing I did that the server has not stored yet. Stored on disk: add optional fields, never rename.
 */
const Operation = z.object({
  opId: z.string(),
  kind: z.enum(['post', 'edit', 'delete']),
  /** The page it goes to. A post that has not left yet goes to whatever the head page is then. */
  target: z.object({ document: z.string() }),
  messageId: MessageId,
  /** What `messages[messageId]` becomes. */
  value: z.custom<MessageRecord>((value) => readMessageRecord(value) !== undefined),
  /** When it was done, by this device's clock. */
  at: z.number(),
  /** What the room was when the words were written: it may have become more public since. */
  room: z.object({
    id: z.custom<RoomId>(isRoomId),
    kind: z.optional(RoomKind),
    name: z.string(),
  }),
  /** Order of writing on this device. */
  seq: z.number(),
  /**
   * Every Yjs struct under which it may have left, saved before the frame leaves. Not empty: the server
   * may have it, so nothing may be squashed into it.
   */
  attempts: z.array(Attempt),
});
export type Operation = z.infer<typeof Operation>;
export type Attempt = z.infer<typeof Attempt>;

const RefusedOperation = z.extend(Operation, {
  refusal: z.object({ code: z.custom<RefusalCode>(isRefusalCode), at: z.number() }),
});
export type RefusedOperation = z.infer<typeof RefusedOperation>;

/** My operations on this device: unsent and refused, each in the order of writing. */
export interface OperationRows {
  outbox: readonly Operation[];
  tray: readonly RefusedOperation[];
}

/** A pure change of my operations; it runs inside one transaction and may run again. */
export type Rule = (rows: OperationRows) => OperationRows;

export const NO_ROWS: OperationRows = { outbox: [], tray: [] };

/** Reads what is on disk; a row of no known shape is left alone there and not shown. */
export function readRows(outbox: readonly unknown[], tray: readonly unknown[]): OperationRows {
  return {
    outbox: outbox.flatMap((row) => Operation.safeParse(row).data ?? []).sort(bySeq),
    tray: tray.flatMap((row) => RefusedOperation.safeParse(row).data ?? []).sort(bySeq),
  };
}

export function bySeq(a: Operation, b: Operation): number {
  return a.seq - b.seq;
}

export function toOperationView(operation: Operation | RefusedOperation): OperationView {
  const { opId, kind, room, messageId, value, at } = operation;
  return {
    opId,
    kind,
    room: { id: room.id, kind: room.kind, name: room.name },
    messageId,
    text: isTombstone(value) ? '' : value.text,
    writtenAt: at satisfies EpochMs,
    refusal: 'refusal' in operation ? operation.refusal : undefined,
  };
}
