import type { RoomId } from '@skerry/protocol/ids.ts';
import { NO_ROWS, type OperationRows, type Rule } from './operation.ts';

/** Everything of one person on this device but the stored documents. */
export interface LocalStore {
  kind: 'indexeddb' | 'memory';
  load: () => Promise<OperationRows>;
  /** Applies a rule in one transaction; resolves when the result survives a power cut. */
  change: (rule: Rule) => Promise<OperationRows>;
  /** Empty when there is none. */
  loadDraft: (roomId: RoomId) => Promise<string>;
  saveDraft: (roomId: RoomId, text: string) => Promise<void>;
  close: () => void;
}

/** For a browser whose storage cannot be opened, and for clients without one. */
export function createMemoryStore(): LocalStore {
  let rows: OperationRows = NO_ROWS;
  const drafts = new Map<RoomId, string>();
  return {
    kind: 'memory',
    load: () => Promise.resolve(rows),
    // Not async functions: the rule runs at once, so changes apply in the order of calls.
    change: (rule) => {
      rows = rule(rows);
      return Promise.resolve(rows);
    },
    loadDraft: (roomId) => Promise.resolve(drafts.get(roomId) ?? ''),
    saveDraft: (roomId, text) => {
      drafts.set(roomId, text);
      return Promise.resolve();
    },
    close: () => undefined,
  };
}

/** What one rule changed, row by row: rows that it left alone keep their identity. */
export function changedRows<T extends { opId: string }>(
  before: readonly T[],
  after: readonly T[],
): { put: T[]; remove: string[] } {
  const kept = new Set(before);
  const present = new Set(after.map((row) => row.opId));
  return {
    put: after.filter((row) => !kept.has(row)),
    remove: before.filter((row) => !present.has(row.opId)).map((row) => row.opId),
  };
}
