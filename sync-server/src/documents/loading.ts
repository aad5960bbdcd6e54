import { Database as DatabaseExtension } from '@hocuspocus/extension-database';
import type {
  connectedPayload,
  Document,
  Extension,
  onLoadDocumentPayload,
} from '@hocuspocus/server';
import { parseDocumentName } from '@skerry/protocol/documentName.ts';
import type { Logger } from 'pino';
import type * as Y from 'yjs';
import type { Database } from '../platform/database.ts';
import { AccessRefusal } from './access.ts';
import { compactDocument, isCompactionDue } from './compaction.ts';
import { describeError } from './describeError.ts';
import { Lane, type LaneOptions } from './lane.ts';
import { createRewriting, dismiss, dismissOne } from './rewriting.ts';
import { readRoomTables } from './roomDocument.ts';
import type { SyncContext } from './syncSocket.ts';
import { readUserTables } from './userDocument.ts';

interface Deps extends Omit<LaneOptions, 'name' | 'doc' | 'logger' | 'onRewritten'> {
  db: Database;
  logger: Logger;
  /** Filled and emptied here: the lane of every loaded document. */
  lanes: Map<string, Lane>;
  /** A user document was written anew here, as this version. */
  onWrittenAnew: (name: string, version: number) => void;
}

/** Below the database extension's, so that it runs after the document has been filled. */
const AFTER_DATABASE = 50;

/** Loads a document with its lane, and compacts its log when Hocuspocus would store it. */
export function createLoading(deps: Deps): Extension<SyncContext>[] {
  const opened = new WeakMap<Document, Lane>();
  const database = new DatabaseExtension({
    fetch: async ({ documentName, document, context }) => {
      try {
        const onRewritten = () => {
          dismiss(document);
        };
        const lane = new Lane({ ...deps, name: documentName, doc: document, onRewritten });
        opened.set(document, lane);
        return (await lane.load()) ?? null;
      } catch (error) {
        throw notLoaded(deps, document, context as SyncContext, error);
      }
    },
    // The log is stored already: this is only the occasion to shorten it.
    store: async ({ documentName, document }) => {
      try {
        const isLeaving = document.getConnectionsCount() === 0;
        if (isLeaving || (await isCompactionDue(deps.db, documentName)))
          await compactDocument(deps.db, documentName);
      } catch (error) {
        deps.logger.warn(
          { document: documentName, cause: describeError(error) },
          'a log was not compacted',
        );
      }
    },
  });
  const lanes: Extension<SyncContext> = {
    priority: AFTER_DATABASE,
    onLoadDocument: async (payload: onLoadDocumentPayload<SyncContext>) => {
      const { documentName, document, context } = payload;
      const lane = opened.get(document);
      if (lane === undefined) throw notLoaded(deps, document, context, undefined);
      try {
        await refresh(deps.db, lane);
      } catch (error) {
        throw notLoaded(deps, document, context, error);
      }
      deps.lanes.set(documentName, lane);
      document.on('destroy', () => {
        lane.close();
        // A new one of the same name may be loaded already.
        if (deps.lanes.get(documentName) === lane) deps.lanes.delete(documentName);
      });
    },
    // A document that was written anew is on its way out.
    connected: ({ documentName, connection }: connectedPayload<SyncContext>) => {
      if (deps.lanes.get(documentName)?.isClosed === true) dismissOne(connection);
      return Promise.resolve();
    },
  };
  return [database, lanes, createRewriting({ ...deps, log: deps.logger })];
}

/** Makes a server-written document say what the tables say; does nothing to a page. */
export async function refresh(db: Database, lane: Lane): Promise<void> {
  const name = parseDocumentName(lane.name);
  if (name === undefined || name.kind === 'page') return;
  const read = (): Promise<(doc: Y.Doc) => void> =>
    name.kind === 'room' ? readRoomTables(db, name.roomId) : readUserTables(db, name.userId);
  await lane.change(read);
}

/** Hocuspocus leaves a document that could not be loaded, with its timer (hocuspocus#1156). */
function notLoaded(
  { logger }: Deps,
  document: Document,
  { socket }: SyncContext,
  error: unknown,
): AccessRefusal {
  logger.error(
    { document: document.name, cause: describeError(error) },
    'a document was not loaded',
  );
  socket.documents.delete(document.name);
  document.destroy();
  return new AccessRefusal('unavailable');
}
