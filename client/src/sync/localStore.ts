import type { EpochMs, MessageId, RoomId } from '@skerry/protocol/ids.ts';
import { NO_ROWS, type OperationRows, type Rule } from './operation.ts';
import { addSent, type SentMessage, type SentRows } from './sent.ts';

/** Everything of one person on this device but the stored documents. */
export interface LocalStore {
  kind: 'indexeddb' | 'memory';
  load: () => Promise<OperationRows>;
  /** Applies a rule in one transaction; resolves when the result survives a power cut. */
  change: (rule: Rule) => Promise<OperationRows>;
  loadSent: () => Promise<SentMessage[]>;
  /** The same for a rule that looks at what was sent. */
  changeSent: (rule: (all: SentRows) => SentRows) => Promise<void>;
  /** Empty when there is none. */
  loadDraft: (roomId: RoomId) => Promise<string>;
  saveDraft: (roomId: RoomId, text: string) => Promise<void>;
  /** Small things that belong to no document; undefined when there is none. */
  loadMeta: (key: string) => Promise<unknown>;
  saveMeta: (key: string, value: unknown) => Promise<void>;
  close: () => void;
}

/** For a browser whose storage cannot be opened, and for clients without one. */
export function createMemoryStore(now: () => EpochMs = Date.now): LocalStore {
  let rows: OperationRows = NO_ROWS;
  const sent = new Map<MessageId, SentMessage>();
  const drafts = new Map<RoomId, string>();
  const meta = new Map<string, unknown>();
  return {
    kind: 'memory',
    load: () => Promise.resolve(rows),
    // Not async functions: the rule runs at once, so changes apply in the order of calls.
    change: (rule) => {
      const { stored = [], ...after } = rule(rows);
      rows = after;
      for (const row of stored) {
        sent.set(row.messageId, addSent(sent.get(row.messageId), row, now()));
      }
      return Promise.resolve(rows);
    },
    loadSent: () => Promise.resolve([...sent.values()]),
    changeSent: (rule) => {
      const after = rule({ rows, sent: [...sent.values()] });
      rows = after.rows;
      sent.clear();
      for (const one of after.sent) sent.set(one.messageId, one);
      return Promise.resolve();
    },
    loadDraft: (roomId) => Promise.resolve(drafts.get(roomId) ?? ''),
    saveDraft: (roomId, text) => {
      drafts.set(roomId, text);
      return Promise.resolve();
    },
    loadMeta: (key) => Promise.resolve(meta.get(key)),
    saveMeta: (key, value) => {
      meta.set(key, value);
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
