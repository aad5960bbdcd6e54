import type { ClientId } from '@skerry/protocol/ids.ts';
import type * as Y from 'yjs';
import { structId, tipItem } from './structs.ts';

interface Tip {
  client: ClientId;
  clock: number;
  /** The newest value of the key that is known: an overwritten one arrives as deleted content. */
  value: unknown;
}

/** What one update does to one key. */
export interface KeyChange {
  root: string;
  key: string;
  /** The value before the update; undefined for a new key. */
  previous: unknown;
  isNew: boolean;
  tip: Tip | undefined;
  /** Undefined: the last thing the update sets there is deleted content. */
  value: unknown;
}

/**
 * The keys that one update sets. Every key is a linear chain: a set follows the key's present value, so
 * that the last accepted value is the value on every device, whatever the client ids.
 */
export class Chains {
  readonly keys = new Map<string, KeyChange>();
  /** New structs of this update, by `client:clock`. */
  readonly fresh = new Map<string, KeyChange>();
  /**
   * Last structs that the update overwrites, by `client:clock`. Some are the server's: it wrote the document
   * anew, or blanked a quote; what else it wrote, the rules keep.
   */
  readonly superseded = new Set<string>();
  readonly #doc: Y.Doc;

  constructor(doc: Y.Doc) {
    this.#doc = doc;
  }

  open(root: string, key: string): KeyChange {
    const path = `${root}/${key}`;
    const known = this.keys.get(path);
    if (known !== undefined) return known;
    const item = tipItem(this.#doc, root, key);
    const change: KeyChange = {
      root,
      key,
      previous: undefined,
      isNew: true,
      tip: undefined,
      value: undefined,
    };
    if (item !== undefined) {
      const { client, clock } = item.lastId;
      const value = item.deleted ? undefined : lastValue(item);
      change.tip = { client, clock, value };
      change.previous = value;
      change.isNew = false;
      this.superseded.add(structId(client, clock));
    }
    this.keys.set(path, change);
    return change;
  }

  /** Whether a struct with this origin comes straight after the key's present value. */
  follows(change: KeyChange, origin: Y.ID | undefined): boolean {
    if (change.tip === undefined || origin === undefined) return change.tip === origin;
    return change.tip.client === origin.client && change.tip.clock === origin.clock;
  }

  /** Lays clocks `from` up to `to` (exclusive) of `client` over the key. */
  extend(change: KeyChange, client: ClientId, from: number, to: number, value: unknown): void {
    for (let clock = from; clock < to; clock++) this.fresh.set(structId(client, clock), change);
    change.tip = { client, clock: to - 1, value: value ?? change.tip?.value };
    change.value = value;
  }
}

function lastValue(item: Y.Item): unknown {
  const values: unknown[] = item.content.getContent();
  return values.at(-1);
}
