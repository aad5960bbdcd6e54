import { isRefusalCode, type RefusalCode } from '@skerry/protocol/refusals.ts';
import { parseServerMessage, type ServerMessage } from '@skerry/protocol/stateless.ts';

/** Codes that end the attachment; any other is about one frame, and the document is asked for again. */
const ENDING: readonly string[] = [
  'unauthenticated',
  'client-too-old',
  'suspended',
  'forbidden',
  'not-a-member',
  'room-not-found',
] satisfies RefusalCode[];

/** What the server says when it closes a document: one code, or the JSON of a refusal. */
export function readCloseReason(reason: string): {
  ending: RefusalCode | undefined;
  refused: ServerMessage | undefined;
} {
  const ending = isRefusalCode(reason) && ENDING.includes(reason) ? reason : undefined;
  return { ending, refused: readRefused(reason) };
}

function readRefused(reason: string): ServerMessage | undefined {
  try {
    const named: unknown = JSON.parse(reason);
    if (typeof named !== 'object' || named === null) return undefined;
    return parseServerMessage(JSON.stringify({ ...named, type: 'refused' }));
  } catch {
    return undefined; // a plain word
  }
}
