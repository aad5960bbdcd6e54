import type { Connection, Document, Extension, onChangePayload } from '@hocuspocus/server';
import { parseDocumentName } from '@skerry/protocol/documentName.ts';
import { MAX_USER_DOCUMENT_CLIENTS } from '@skerry/protocol/limits.ts';
import { encodeStateless } from '@skerry/protocol/stateless.ts';
import { defineUser, USER_ROOTS } from '@skerry/protocol/user/userDoc.ts';
import { sql, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import * as Y from 'yjs';
import { inTransaction, type Database } from '../platform/database.ts';
import type { Schema } from '../platform/schema.ts';
import { randomClientId } from './clientId.ts';
import { lockLog, openLog, replaceLog } from './compaction.ts';
import { describeError } from './describeError.ts';
import type { Lane } from './lane.ts';
import type { SyncContext } from './syncSocket.ts';

interface Deps {
  db: Pick<Database, 'kysely'>;
  lanes: ReadonlyMap<string, Lane>;
  log: Logger;
  /** Called when a document has reached a version that no lane has committed. */
  onWrittenAnew: (name: string, version: number) => void;
}

/** Writes user documents anew before they carry more client ids than every device should have to load. */
export function createRewriting({ db, lanes, log, onWrittenAnew }: Deps): Extension<SyncContext> {
  const underWay = new Set<string>();
  const rewrite = async (name: string) => {
    underWay.add(name);
    try {
      const version = await rewriteUserDocument(db, name);
      if (version !== undefined) {
        onWrittenAnew(name, version);
        await lanes.get(name)?.catchUp();
      }
    } catch (error) {
      log.warn({ document: name, cause: describeError(error) }, 'a document was not written anew');
    }
    underWay.delete(name);
  };
  return {
    onChange: ({ document, documentName }: onChangePayload<SyncContext>) => {
      const isDue =
        document.store.clients.size > MAX_USER_DOCUMENT_CLIENTS &&
        parseDocumentName(documentName)?.kind === 'user';
      if (isDue && !underWay.has(documentName)) void rewrite(documentName);
      return Promise.resolve();
    },
  };
}

/**
 * Replaces a user document by one that says the same under a single client id of the server. Bumping `rules`
 * tells every lane that its live document belongs to the one before: the two must never be merged. The server's
 * ids stay bound, so that a copy of the old one is known when it comes back. Returns the new version; undefined:
 * there was no need.
 */
export async function rewriteUserDocument(
  db: Pick<Database, 'kysely'>,
  name: string,
): Promise<number | undefined> {
  return inTransaction(db, async (tx) => {
    const log = await lockLog(tx, name);
    if (log === undefined) return undefined;
    const old = openLog(name, log.updates);
    const fresh = new Y.Doc();
    try {
      if (old.store.clients.size <= MAX_USER_DOCUMENT_CLIENTS) return undefined;
      // Never the id of this process: in an old copy its clocks stand for something else.
      fresh.clientID = randomClientId();
      copyValues(old, fresh);
      const version = log.version + 1;
      const snapshot = Buffer.from(Y.encodeStateAsUpdate(fresh));
      await replaceLog(tx, name, { version, snapshot });
      await tx
        .updateTable('documents')
        .set({ version, rules: sql`rules + 1` })
        .where('name', '=', name)
        .execute();
      await forgetClients(tx, name);
      await tx
        .insertInto('document_clients')
        .values({ document: name, client_id: fresh.clientID, user_id: null })
        .execute();
      return version;
    } finally {
      old.destroy();
      fresh.destroy();
    }
  });
}

/**
 * Forgets the person's own ids, or they would be read at every load, for ever. Each copy of the old document
 * holds structs of the server's as well, and is known by those: their ids stay, which are few.
 */
async function forgetClients(tx: Transaction<Schema>, name: string): Promise<void> {
  const bound = () => tx.selectFrom('document_clients').where('document', '=', name);
  const servers = await bound().select('client_id').where('user_id', 'is', null).execute();
  if (servers.length === 0) return;
  await tx
    .deleteFrom('document_clients')
    .where('document', '=', name)
    .where('user_id', 'is not', null)
    .execute();
}

/** An emptied draft says nothing. */
function copyValues(from: Y.Doc, to: Y.Doc): void {
  defineUser(from);
  to.transact(() => {
    for (const root of Object.values(USER_ROOTS))
      for (const [key, value] of from.getMap(root))
        if (value !== null) to.getMap(root).set(key, value);
  });
}

/** The document was written anew: whoever has it open drops it and fetches it, and it is loaded anew. */
export function dismiss(document: Document): void {
  for (const connection of document.getConnections()) dismissOne(connection);
}

export function dismissOne(connection: Connection): void {
  connection.sendStateless(encodeStateless({ type: 'rebuild' }));
  connection.close({ code: 1000, reason: 'written anew' });
}
