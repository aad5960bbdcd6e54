import type { RoomId } from '@skerry/protocol/ids.ts';
import { sql } from 'kysely';
import { inTransaction, type Database } from '../src/platform/database.ts';

/** What a backup holds of one room. */
export interface RoomCopy {
  /** What came since is gone from the tables. */
  putBack: () => Promise<void>;
}

/** Copies a room's rows and those of its members' own documents, in the way a restored dump would bring them. */
export async function copyRoom(
  db: Pick<Database, 'kysely'>,
  roomId: RoomId,
  userDocuments: readonly string[],
): Promise<RoomCopy> {
  const { kysely } = db;
  const names = sql`select name from documents where room_id = ${roomId} or name = any(${userDocuments})`;
  const parts = [
    { table: 'documents', rows: sql`name in (${names})` },
    { table: 'updates', rows: sql`name in (${names})` },
    { table: 'document_clients', rows: sql`document in (${names})` },
    { table: 'messages', rows: sql`room_id = ${roomId}` },
    { table: 'mentions', rows: sql`room_id = ${roomId}` },
    { table: 'read_marks', rows: sql`room_id = ${roomId}` },
  ];
  const copies = parts.map((part) => ({ ...part, copy: `copy_of_${part.table}` }));
  for (const { table, rows, copy } of copies) {
    await sql`drop table if exists ${sql.id(copy)}`.execute(kysely);
    await sql`create table ${sql.id(copy)} as select * from ${sql.table(table)} where ${rows}`.execute(
      kysely,
    );
  }
  const { head, locked } = await kysely
    .selectFrom('rooms')
    .select(['head', 'locked'])
    .where('id', '=', roomId)
    .executeTakeFirstOrThrow();
  return {
    putBack: () =>
      inTransaction(db, async (tx) => {
        for (const { table, rows } of copies.toReversed())
          await sql`delete from ${sql.table(table)} where ${rows}`.execute(tx);
        for (const { table, copy } of copies)
          await sql`insert into ${sql.table(table)} select * from ${sql.id(copy)}`.execute(tx);
        await tx.updateTable('rooms').set({ head, locked }).where('id', '=', roomId).execute();
      }),
  };
}
