import type { ClientId } from '@skerry/protocol/ids.ts';
import type { Chains, KeyChange } from './chains.ts';
import type { Objection } from './objection.ts';
import type { Effects } from './verdict.ts';

/** What its sender may write in one kind of document; made anew for each update. */
export interface Rules {
  /** Roots that clients write. */
  roots: ReadonlySet<string>;
  /**
   * Judges one set of a key; `value` is undefined for an overwritten value, whose owner and chain are still
   * checked.
   */
  objectToSet: (change: KeyChange, value: unknown, chains: Chains) => Objection | undefined;
  /** Judges the last value of a key. */
  objectToLast: (change: KeyChange) => Objection | undefined;
  /** Judges the update as a whole, with the client ids that it writes under; `key` is `<root>/<key>`. */
  objectToWhole: (
    changes: readonly KeyChange[],
    clients: ReadonlyMap<ClientId, number>,
  ) => { objection: Objection; key?: string } | undefined;
  /** What the accepted keys mean beyond the document. */
  effectsOf: (changes: Iterable<KeyChange>) => Effects;
}
