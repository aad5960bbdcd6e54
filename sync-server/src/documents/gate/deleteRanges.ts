import type { UserId } from '@skerry/protocol/ids.ts';
import * as Y from 'yjs';
import type { Chains } from './chains.ts';
import { hostile, refuse, type Objection } from './objection.ts';
import { findStruct, structId, type DecodedUpdate } from './structs.ts';
import type { View } from './verdict.ts';

/** Steps over delete ranges of one update: overlapping ranges would repeat the walk. */
const MAX_STEPS = 65_536;

/**
 * A delete may only name what is deleted already or what the same update overwrites. One above the known
 * clock would stay pending in Yjs and delete its victim's next message.
 */
export function objectToDeletes(
  view: View,
  userId: UserId,
  { deletes }: DecodedUpdate,
  chains: Chains,
  clocks: ReadonlyMap<number, number>,
): Objection | 'later' | undefined {
  let steps = 0;
  for (const [client, ranges] of deletes) {
    const isOwn = view.owners.get(client) === userId || clocks.has(client);
    const top = clocks.get(client) ?? Y.getState(view.doc.store, client);
    for (const { clock, len } of ranges) {
      if (clock + len > top) return isOwn ? 'later' : hostile('delete-ahead');
      for (let at = clock; at < clock + len;) {
        if (++steps > MAX_STEPS) return hostile('too-many');
        if (chains.fresh.has(structId(client, at))) {
          at++;
          continue;
        }
        const struct = findStruct(view.doc, client, at);
        if (struct === undefined) throw new Error('a known clock has no struct');
        if (struct.deleted) {
          at = struct.id.clock + struct.length;
          continue;
        }
        if (!chains.superseded.has(structId(client, at)))
          return isOwn ? refuse('shape') : hostile('delete');
        at++;
      }
    }
  }
  return undefined;
}
