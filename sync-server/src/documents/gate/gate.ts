import type { ClientId, UserId } from '@skerry/protocol/ids.ts';
import {
  MAX_DELETE_RANGES_PER_UPDATE,
  MAX_KEYS_PER_UPDATE,
  MAX_STRUCT_LENGTH,
} from '@skerry/protocol/limits.ts';
import * as Y from 'yjs';
import { Chains, type KeyChange } from './chains.ts';
import { objectToDeletes } from './deleteRanges.ts';
import { hostile, refuse, type Objection } from './objection.ts';
import type { Rules } from './rules.ts';
import {
  decodeUpdate,
  findStruct,
  rootName,
  structId,
  type DecodedUpdate,
  type Struct,
} from './structs.ts';
import type { Frame, GateVerdict, HostileRule, View } from './verdict.ts';

/** Clocks one update may add: overwritten values merge into structs that claim many in a few bytes. */
const MAX_NEW_CLOCKS = 4 * MAX_STRUCT_LENGTH;

/** What an honest device can hold after the server's database was restored from a backup. */
const LEFT_OVER: ReadonlySet<HostileRule> = new Set([
  'foreign-client',
  'root',
  'position',
  'author',
  'delete',
  'delete-ahead',
  'gc',
  'retired-client',
]);

/**
 * Decides what one Yjs V1 update of `userId` may do to a document. Pure: nothing is applied here, and the
 * verdict holds only for the document at exactly this version. Rules G1 … are numbered in SPEC.md.
 */
export function judge(
  rules: Rules,
  view: View,
  update: Uint8Array,
  userId: UserId,
  frame: Frame,
): GateVerdict {
  const decoded = decodeUpdate(update);
  if (decoded === undefined) return { kind: 'refuse', code: 'hostile', hostile: 'malformed' };
  const gate = new Gate(rules, view, userId, decoded);
  const outcome = gate.run(frame);
  if (outcome === undefined) return gate.verdict();
  if (frame === 'sync-step-2') {
    const rule = outcome === 'later' ? undefined : outcome.hostile;
    if (rule !== undefined && LEFT_OVER.has(rule)) return { kind: 'rebuild', rule };
    // Of such a copy the sender's own part alone would be stale, or wait for ever for what it follows.
    if (rule === undefined && gate.writesForServer()) return { kind: 'rebuild', rule: 'root' };
  }
  if (outcome === 'later') return { kind: 'later' };
  const client = gate.lastClient;
  return {
    kind: 'refuse',
    ...outcome,
    ...(gate.path === undefined ? {} : { key: gate.path }),
    ...(client === undefined ? {} : { client }),
  };
}

class Gate {
  /** `<root>/<key>` that is being judged. */
  path: string | undefined;
  readonly #rules: Rules;
  readonly #view: View;
  readonly #userId: UserId;
  readonly #decoded: DecodedUpdate;
  readonly #chains: Chains;
  /** Client id → clock with this update's structs so far. */
  readonly #clocks = new Map<ClientId, number>();

  constructor(rules: Rules, view: View, userId: UserId, decoded: DecodedUpdate) {
    this.#rules = rules;
    this.#view = view;
    this.#userId = userId;
    this.#decoded = decoded;
    this.#chains = new Chains(view.doc);
  }

  get lastClient(): ClientId | undefined {
    return this.#decoded.structs.at(-1)?.id.client;
  }

  run(frame: Frame): Objection | 'later' | undefined {
    const early = this.#objectToSize(frame);
    if (early !== undefined) return early;
    // Made on a copy from before the document was written anew.
    if (this.#decoded.structs.some(({ id }) => this.#isRetired(id.client)))
      return frame === 'sync-step-2' ? hostile('retired-client') : 'later';
    for (const struct of this.#decoded.structs) {
      const objection = this.#objectToStruct(struct);
      if (objection !== undefined) return objection;
    }
    for (const [path, change] of this.#chains.keys) {
      this.path = path;
      // A value that is gone without a successor is a bare Yjs delete.
      if (change.value === undefined) return refuse('shape');
      const objection = this.#rules.objectToLast(change);
      if (objection !== undefined) return objection;
    }
    this.path = undefined;
    return (
      objectToDeletes(this.#view, this.#userId, this.#decoded, this.#chains, this.#clocks) ??
      this.#objectToWhole()
    );
  }

  /** Does it add to what only the server writes? */
  writesForServer(): boolean {
    const { doc } = this.#view;
    return this.#decoded.structs.some((struct) => {
      const { client, clock } = struct.id;
      if (!(struct instanceof Y.Item) || clock + struct.length <= Y.getState(doc.store, client))
        return false;
      const origin = struct.origin && findStruct(doc, struct.origin.client, struct.origin.clock);
      const root = origin instanceof Y.Item ? rootName(doc, origin.parent) : struct.parent;
      return typeof root === 'string' && !this.#rules.roots.has(root);
    });
  }

  verdict(): GateVerdict {
    if (this.#clocks.size === 0) return { kind: 'nothing' };
    return {
      kind: 'accept',
      clients: this.#clocks,
      keys: new Set(this.#chains.keys.keys()),
      ...this.#rules.effectsOf(this.#chains.keys.values()),
    };
  }

  #isRetired(client: ClientId): boolean {
    const { doc, owners } = this.#view;
    return owners.get(client) === this.#userId && Y.getState(doc.store, client) === 0;
  }

  #isServer(client: ClientId): boolean {
    return client === this.#view.serverClientId || this.#view.owners.get(client) === null;
  }

  #objectToSize(frame: Frame): Objection | undefined {
    let ranges = 0;
    for (const list of this.#decoded.deletes.values()) ranges += list.length;
    if (ranges <= MAX_DELETE_RANGES_PER_UPDATE) return undefined;
    // A full sync repeats every delete the document knows.
    const known = frame === 'sync-step-2' ? countStructs(this.#view.doc) : 0;
    return ranges > MAX_DELETE_RANGES_PER_UPDATE + known ? hostile('too-many') : undefined;
  }

  #objectToStruct(struct: Struct): Objection | 'later' | undefined {
    const { doc, owners } = this.#view;
    const { client, clock } = struct.id;
    const end = clock + struct.length;
    const known = this.#clocks.get(client) ?? Y.getState(doc.store, client);
    if (end <= known) return undefined;
    if (struct instanceof Y.Skip) return 'later';
    const owner = owners.get(client);
    if (this.#isServer(client) || (owner !== undefined && owner !== this.#userId))
      return hostile('foreign-client');
    if (clock > known) return 'later';
    if (struct instanceof Y.GC) return hostile('gc');
    if (struct.length > MAX_STRUCT_LENGTH) return hostile('struct-length');
    if (this.#chains.fresh.size + struct.length > MAX_NEW_CLOCKS) return hostile('too-many');
    return this.#objectToItem(struct, known, end);
  }

  /** Judges what an item adds: clocks `from` up to `end` (exclusive). */
  #objectToItem(item: Y.Item, from: number, end: number): Objection | 'later' | undefined {
    if (item.rightOrigin !== null) return hostile('position');
    const { client, clock } = item.id;
    // Yjs merges overwritten values: the part the server has already is cut off.
    const origin = from > clock ? Y.createID(client, from - 1) : (item.origin ?? undefined);
    const place = origin === undefined ? this.#placeOfFirst(item) : this.#placeAfter(origin);
    if (place === 'later' || 'code' in place) return place;
    const { root, key } = place;
    if (!this.#rules.roots.has(root)) return hostile('root');
    this.path = `${root}/${key}`;
    const isDeleted = item.content instanceof Y.ContentDeleted;
    if (!isDeleted && !(item.content instanceof Y.ContentAny && item.length === 1))
      return hostile('content');
    const change = this.#chains.open(root, key);
    if (this.#chains.keys.size > MAX_KEYS_PER_UPDATE) return hostile('too-many');
    if (!this.#chains.follows(change, origin)) return this.#whoseChain(change);
    const value: unknown = isDeleted ? undefined : item.content.getContent()[0];
    if (!isDeleted && value === undefined) return refuse('shape');
    const objection = this.#rules.objectToSet(change, value, this.#chains);
    if (objection !== undefined) return objection;
    this.#chains.extend(change, client, from, end, value);
    this.#clocks.set(client, end);
    return undefined;
  }

  #placeOfFirst(item: Y.Item): { root: string; key: string } | Objection {
    const parent: unknown = item.parent;
    if (typeof parent !== 'string') return hostile('nested');
    if (item.parentSub === null) return hostile('root');
    return { root: parent, key: item.parentSub };
  }

  #placeAfter(origin: Y.ID): { root: string; key: string } | Objection | 'later' {
    const fresh = this.#chains.fresh.get(structId(origin.client, origin.clock));
    if (fresh !== undefined) return fresh;
    const struct = findStruct(this.#view.doc, origin.client, origin.clock);
    if (struct === undefined) return 'later';
    if (struct instanceof Y.GC) return hostile('gc');
    const root = rootName(this.#view.doc, struct.parent);
    if (root === undefined) return hostile('nested');
    return struct.parentSub === null ? hostile('root') : { root, key: struct.parentSub };
  }

  /** A set that does not follow the present value: too late if the key is the sender's, else an attack. */
  #whoseChain(change: KeyChange): Objection {
    return this.#rules.objectToSet(change, undefined, this.#chains) ?? refuse('stale');
  }

  #objectToWhole(): Objection | undefined {
    if (this.#clocks.size === 0) return undefined;
    const found = this.#rules.objectToWhole([...this.#chains.keys.values()], this.#clocks);
    this.path = found?.key;
    return found?.objection;
  }
}

function countStructs(doc: Y.Doc): number {
  let count = 0;
  for (const structs of doc.store.clients.values()) count += structs.length;
  return count;
}
