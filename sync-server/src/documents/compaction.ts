import { sql, type Transaction } from 'kysely';
import * as Y from 'yjs';
import { inTransaction, type Database } from '../platform/database.ts';
import type { Schema } from '../platform/schema.ts';

/** A document is compacted when its log passed either of these, or when it is unloaded. */
const DUE_ROWS = 200;
const DUE_BYTES = 64 * 1_024;

type Handle = Pick<Database, 'kysely'>;

/** Whether the document's log is long enough to be worth it. */
export async function isCompactionDue(db: Handle, name: string): Promise<boolean> {
  const { rows } = await sql<{ n: number; bytes: number }>`
    select count(*) as n, coalesce(sum(octet_length(data)), 0) as bytes
    from updates where name = ${name}`.execute(db.kysely);
  const [log] = rows;
  return log !== undefined && (log.n >= DUE_ROWS || log.bytes >= DUE_BYTES);
}

/**
 * Replaces a document's logged updates by one snapshot and returns how many. Works from the database alone:
 * the live document may hold less than another node has committed. The version stays, so lanes go on.
 */
export async function compactDocument(db: Handle, name: string): Promise<number> {
  return inTransaction(db, async (tx) => {
    const log = await lockLog(tx, name);
    if (log === undefined || log.rows === 0) return 0;
    // A document with garbage collection forgets overwritten text; `mergeUpdates` would keep it.
    const doc = openLog(name, log.updates);
    const snapshot = Buffer.from(Y.encodeStateAsUpdate(doc));
    doc.destroy();
    await replaceLog(tx, name, { version: log.version, snapshot });
    return log.rows;
  });
}

export interface LockedLog {
  version: number;
  /** Logged since the last snapshot. */
  rows: number;
  /** Snapshot and rows. */
  updates: Uint8Array[];
}

/** Locks a document until the end of the transaction, and reads it. */
export async function lockLog(
  tx: Transaction<Schema>,
  name: string,
): Promise<LockedLog | undefined> {
  const document = await tx
    .selectFrom('documents')
    .select(['version', 'snapshot'])
    .where('name', '=', name)
    .forUpdate()
    .executeTakeFirst();
  if (document === undefined) return undefined;
  const { version, snapshot } = document;
  const rows = await tx
    .selectFrom('updates')
    .select('data')
    .where('name', '=', name)
    .where('version', '<=', version)
    .orderBy('version')
    .execute();
  const updates = rows.map(({ data }) => data);
  if (snapshot !== null) updates.unshift(snapshot);
  return { version, rows: rows.length, updates };
}

/** Throws when something is missing in between. */
export function openLog(name: string, updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  doc.transact(() => {
    for (const update of updates) Y.applyUpdate(doc, update);
  });
  if (doc.store.pendingStructs === null && doc.store.pendingDs === null) return doc;
  doc.destroy();
  throw new Error(`the log of ${name} has a hole`);
}

/** Puts a snapshot in the place of everything up to its version. */
export async function replaceLog(
  tx: Transaction<Schema>,
  name: string,
  { version, snapshot }: { version: number; snapshot: Buffer },
): Promise<void> {
  await tx
    .updateTable('documents')
    .set({ snapshot, snapshot_version: version })
    .where('name', '=', name)
    .execute();
  await tx.deleteFrom('updates').where('name', '=', name).where('version', '<=', version).execute();
}
