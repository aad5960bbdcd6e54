import { MessageId, type EpochMs } from '@skerry/protocol/ids.ts';
import { readMessageRecord, type MessageRecord } from '@skerry/protocol/page/messageRecord.ts';
import * as z from 'zod/mini';
import { MessageOperation, type OperationRows } from './operation.ts';

/**
 * What the server has stored of one message of mine: kept for some days, for a server that is restored
 * from a backup. Stored on disk: add optional fields, never rename.
 */
const SentMessage = z.object({
  messageId: MessageId,
  /** `edit`: only its change was made on this device. `delete`: no words are left. */
  kind: MessageOperation.shape.kind,
  target: MessageOperation.shape.target,
  room: MessageOperation.shape.room,
  value: z.custom<MessageRecord>((value) => readMessageRecord(value) !== undefined),
  at: z.number(),
  storedAt: z.number(),
});
export type SentMessage = z.infer<typeof SentMessage>;

export interface SentRows {
  rows: OperationRows;
  sent: readonly SentMessage[];
}

export function readSent(stored: readonly unknown[]): SentMessage[] {
  return stored.flatMap((row) => SentMessage.safeParse(row).data ?? []);
}

/** One record a message: an edit goes into its post, a delete leaves nothing of the words. */
export function addSent(
  before: SentMessage | undefined,
  { messageId, kind, target, room, value, at }: MessageOperation,
  storedAt: EpochMs,
): SentMessage {
  const isOwnPost = before?.kind === 'post' && kind === 'edit';
  return { messageId, kind: isOwnPost ? 'post' : kind, target, room, value, at, storedAt };
}
