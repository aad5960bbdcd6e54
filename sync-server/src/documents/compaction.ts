import { sql } from 'kysely';
import * as Y from 'yjs';
import { inTransaction, type Database } from '../platform/database.ts';

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
    const document = await tx
      .selectFrom('documents')
      .select(['version', 'snapshot'])
      .where('name', '=', name)
      .forUpdate()
      .executeTakeFirst();
    if (document === undefined) return 0;
    const rows = await tx
      .selectFrom('updates')
      .select('data')
      .where('name', '=', name)
      .where('version', '<=', document.version)
      .orderBy('version')
      .execute();
    if (rows.length === 0) return 0;
    const updates = rows.map(({ data }) => data);
    if (document.snapshot !== null) updates.unshift(document.snapshot);
    await tx
      .updateTable('documents')
      .set({ snapshot: squash(name, updates), snapshot_version: document.version })
      .where('name', '=', name)
      .execute();
    await tx
      .deleteFrom('updates')
      .where('name', '=', name)
      .where('version', '<=', document.version)
      .execute();
    return rows.length;
  });
}

// A document with garbage collection forgets overwritten text; `mergeUpdates` would keep it.
function squash(name: string, updates: Uint8Array[]): Buffer {
  const doc = new Y.Doc();
  try {
    doc.transact(() => {
      for (const update of updates) Y.applyUpdate(doc, update);
    });
    if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null)
      throw new Error(`the log of ${name} has a hole`);
    return Buffer.from(Y.encodeStateAsUpdate(doc));
  } finally {
    doc.destroy();
  }
}
