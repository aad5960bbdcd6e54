import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import type { MessageId, RoomId, UserId } from '@skerry/protocol/ids.ts';
import {
  editedRecord,
  isTombstone,
  newMessageRecord,
  tombstoneOf,
} from '@skerry/protocol/page/messageRecord.ts';
import { v7 } from 'uuid';
import type { NewOperation } from '../../src/sync/outbox.ts';

export const ANN = '01900000-0000-7000-8000-00000000000a' as UserId;
export const ROOM = '01900000-0000-7000-8000-0000000000ff' as RoomId;

/** A message as Ann's device writes it. */
export function post(text: string, roomId: RoomId = ROOM): NewOperation {
  const at = Date.now();
  return {
    opId: v7(),
    kind: 'post',
    target: { document: pageDocumentName(roomId, 0) },
    messageId: v7() as MessageId,
    value: newMessageRecord(ANN, at, text),
    at,
    room: { id: roomId, kind: 'public', name: 'General' },
  };
}

export function edit(of: NewOperation, text: string): NewOperation {
  if (isTombstone(of.value)) throw new Error('a deleted message has no text');
  const value = editedRecord(of.value, text, of.at + 1);
  return { ...of, opId: v7(), kind: 'edit', value };
}

export function deletion(of: NewOperation): NewOperation {
  return { ...of, opId: v7(), kind: 'delete', value: tombstoneOf(of.value) };
}
