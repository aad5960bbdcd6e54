import { isRoomId, MessageId, type EpochMs, type RoomId } from '@skerry/protocol/ids.ts';
import {
  isTombstone,
  readMessageRecord,
  type MessageRecord,
} from '@skerry/protocol/page/messageRecord.ts';
import { isRefusalCode, type RefusalCode } from '@skerry/protocol/refusals.ts';
import { RoomKind } from '@skerry/protocol/room/roomDoc.ts';
import { ReadChange } from '@skerry/protocol/user/readMark.ts';
import * as z from 'zod/mini';
import type { OperationView } from './views.ts';

const Attempt = z.object({ client: z.number(), clock: z.number() });

/** Stored on disk: add optional fields, never rename. */
const Done = z.object({
  opId: z.string(),
  /** A post that has not left yet goes to whatever the head page is then. */
  target: z.object({ document: z.string() }),
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

export const MessageOperation = z.extend(Done, {
  kind: z.enum(['post', 'edit', 'delete']),
  messageId: MessageId,
  /** What `messages[messageId]` becomes. */
  value: z.custom<MessageRecord>((value) => readMessageRecord(value) !== undefined),
});
/** Something I wrote, changed or deleted. */
export type MessageOperation = z.infer<typeof MessageOperation>;

const ReadOperation = z.extend(Done, {
  kind: z.literal('read'),
  /** What becomes of `reads[room.id]`, whatever it is by then. */
  change: ReadChange,
});
/** How far I read a room. */
export type ReadOperation = z.infer<typeof ReadOperation>;

/** One thing I did that the server has not stored yet. */
const Operation = z.discriminatedUnion('kind', [MessageOperation, ReadOperation]);
export type Operation = z.infer<typeof Operation>;
export type Attempt = z.infer<typeof Attempt>;

const RefusedOperation = z.extend(MessageOperation, {
  refusal: z.object({
    code: z.custom<RefusalCode>(isRefusalCode),
    /** When this device heard of it. */
    at: z.number(),
  }),
});
export type RefusedOperation = z.infer<typeof RefusedOperation>;

/** My operations on this device: unsent and refused, each in the order of writing. */
export interface OperationRows {
  outbox: readonly Operation[];
  tray: readonly RefusedOperation[];
  /** What a rule found stored by the server: it is kept among the sent, and is not read with the rows. */
  stored?: readonly MessageOperation[];
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

/** The place behind everything there is. */
export function nextSeq({ outbox, tray }: OperationRows): number {
  return Math.max(0, ...outbox.map((row) => row.seq), ...tray.map((row) => row.seq)) + 1;
}

/** Those that people see as theirs: how far I read is nothing that could be lost. */
export function messagesIn(operations: readonly Operation[]): MessageOperation[] {
  return operations.filter((row) => row.kind !== 'read');
}

export function toOperationView(
  operation: MessageOperation | RefusedOperation,
  asks: boolean,
): OperationView {
  const { opId, kind, room, messageId, value, at } = operation;
  return {
    opId,
    kind,
    room: { id: room.id, kind: room.kind, name: room.name },
    messageId,
    text: isTombstone(value) ? '' : value.text,
    writtenAt: at satisfies EpochMs,
    asks,
    refusal: 'refusal' in operation ? operation.refusal : undefined,
  };
}
