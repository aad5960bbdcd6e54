import type { ClientId } from '@skerry/protocol/ids.ts';
import type { Acceptance } from './gate/verdict.ts';

/** Client ids and keys that the updates of one batch change. */
export class Overlaps {
  readonly clients = new Set<ClientId>();
  readonly #keys = new Set<string>();

  add({ clients, keys }: Acceptance): void {
    for (const client of clients.keys()) this.clients.add(client);
    for (const key of keys) this.#keys.add(key);
  }

  /** Whether an update rests on one of them: its verdict may then differ once the batch is stored. */
  meets({ clients, keys }: Acceptance): boolean {
    for (const client of clients.keys()) if (this.clients.has(client)) return true;
    for (const key of keys) if (this.#keys.has(key)) return true;
    return false;
  }
}
