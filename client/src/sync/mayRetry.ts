import type { RefusalCode } from '@skerry/protocol/refusals.ts';

/** What these were about is gone, or is what it is: the same words would be refused again, whenever they go. */
const IN_VAIN: readonly RefusalCode[] = ['deleted', 'removed', 'author', 'duplicate', 'too-large'];

/** Can the same operation be accepted later, after whatever? */
export function mayRetry(code: RefusalCode): boolean {
  return !IN_VAIN.includes(code);
}
