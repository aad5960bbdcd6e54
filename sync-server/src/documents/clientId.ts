import { randomBytes } from 'node:crypto';
import type { ClientId } from '@skerry/protocol/ids.ts';

/**
 * A random 53-bit Yjs client id. The server takes one per process start: a restored backup can then never
 * meet its own (id, clock) with other content.
 */
export function randomClientId(): ClientId {
  return (randomBytes(4).readUInt32BE() & 0x1fffff) * 2 ** 32 + randomBytes(4).readUInt32BE();
}
