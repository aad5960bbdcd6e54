import type { EpochMs } from '@skerry/protocol/ids.ts';
import { createMemoryStore, type LocalStore } from '../../src/sync/localStore.ts';
import {
  NO_ROWS,
  type Operation,
  type OperationRows,
  type Rule,
} from '../../src/sync/operation.ts';

/** A device's disk, with what became of it known to the test. */
export interface Disk {
  store: LocalStore;
  rows: () => OperationRows;
  /** A slow disk has a change at once, but tells of it only when it is fast again. */
  setSlow: (slow: boolean) => void;
  /** A full one takes no new rows and no longer ones. */
  setFull: (full: boolean) => void;
  isFull: () => boolean;
  /** The process ends: attempts that the disk did not tell of, or did not take, are lost. */
  crash: () => Promise<void>;
  /** Yjs client ids under which operations may have left. */
  clients: ReadonlySet<number>;
  /** Operations that may have left, by their id. */
  left: ReadonlyMap<string, Operation>;
  /** Those of them of which the disk knows nothing any more. */
  forgotten: ReadonlyMap<string, Operation>;
}

export function createDisk(now: () => EpochMs = Date.now): Disk {
  const store = createMemoryStore(now);
  const clients = new Set<number>();
  const left = new Map<string, Operation>();
  const forgotten = new Map<string, Operation>();
  const lasting = new Map<string, Operation['attempts']>();
  let rows: OperationRows = NO_ROWS;
  let isSlow = false;
  let isFull = false;
  let waiting: (() => void)[] = [];

  const write = (rule: Rule): Promise<OperationRows> =>
    store.change((before) => {
      const { stored, ...after } = rule(before);
      rows = after;
      return stored === undefined ? after : { ...after, stored };
    });
  const watch = ({ outbox }: OperationRows): void => {
    for (const row of outbox) {
      if (row.attempts.length > 0) left.set(row.opId, row);
      for (const { client } of row.attempts) clients.add(client);
    }
  };
  const tell = (): void => {
    for (const row of rows.outbox) lasting.set(row.opId, row.attempts);
  };
  return {
    store: {
      ...store,
      change: async (rule) => {
        const after = rule(rows);
        watch(after);
        const before = new Set(rows.outbox);
        if (isFull && after.outbox.some((row) => !before.has(row)))
          throw new DOMException('no space', 'QuotaExceededError');
        const written = write(rule);
        if (isSlow) await new Promise<void>((done) => waiting.push(done));
        else tell();
        return written;
      },
      changeSent: async (rule) => {
        await store.changeSent((all) => {
          const after = rule(all);
          rows = after.rows;
          return after;
        });
        tell();
      },
    },
    rows: () => rows,
    setSlow: (slow) => {
      isSlow = slow;
      if (slow) return;
      tell();
      for (const done of waiting) done();
      waiting = [];
    },
    setFull: (full) => {
      isFull = full;
    },
    isFull: () => isFull,
    crash: async () => {
      isSlow = false;
      isFull = false;
      waiting = [];
      await write(({ outbox, tray }) => ({
        tray,
        outbox: outbox.map((row) => ({ ...row, attempts: lasting.get(row.opId) ?? [] })),
      }));
      for (const row of rows.outbox) {
        if (left.has(row.opId) && row.attempts.length === 0) forgotten.set(row.opId, row);
      }
    },
    clients,
    left,
    forgotten,
  };
}
