import type { ClientId } from '@skerry/protocol/ids.ts';
import * as Y from 'yjs';
import { decodeUpdate, findStruct } from './structs.ts';
import type { Frame, GateVerdict } from './verdict.ts';

/** Judges an update to a document that only the server writes: it may hold nothing new. */
export function judgeReadOnly(doc: Y.Doc, update: Uint8Array, frame: Frame): GateVerdict {
  const decoded = decodeUpdate(update);
  if (decoded === undefined) return { kind: 'refuse', code: 'hostile', hostile: 'malformed' };
  const addsStructs = decoded.structs.some(
    ({ id, length }) => id.clock + length > Y.getState(doc.store, id.client),
  );
  if (!addsStructs && !deletesSomething(doc, decoded.deletes)) return { kind: 'nothing' };
  return frame === 'sync-step-2'
    ? { kind: 'rebuild', rule: 'read-only' }
    : { kind: 'refuse', code: 'hostile', hostile: 'read-only' };
}

function deletesSomething(
  doc: Y.Doc,
  deletes: Map<ClientId, { clock: number; len: number }[]>,
): boolean {
  for (const [client, ranges] of deletes) {
    for (const { clock, len } of ranges) {
      for (let at = clock; at < clock + len;) {
        const struct = findStruct(doc, client, at);
        if (struct?.deleted !== true) return true;
        at = struct.id.clock + struct.length;
      }
    }
  }
  return false;
}
