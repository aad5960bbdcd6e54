import type {
  Extension,
  Hocuspocus,
  connectedPayload,
  onAuthenticatePayload,
  onDisconnectPayload,
} from '@hocuspocus/server';
import { parseDocumentName } from '@skerry/protocol/documentName.ts';
import type { RoomId } from '@skerry/protocol/ids.ts';
import type { Logger } from 'pino';
import type { Identify } from '../accounts/identity.ts';
import { AccessRefusal, admit, refuseStay, type OpenDocument } from './access.ts';
import type { Clock } from '../platform/clock.ts';
import type { AccessStore } from './accessStore.ts';
import { describeError } from './describeError.ts';
import type { SocketRegistry } from './socketRegistry.ts';
import { CLOSE_CODES, type SyncContext } from './syncSocket.ts';

export interface Admission {
  extension: Extension<SyncContext>;
  /** Whoever is being let in now is decided on once more. */
  bumpEpoch: () => void;
}

/** Lets document connections in, or not. */
export function createAdmission(
  identify: Identify,
  store: AccessStore,
  sockets: SocketRegistry,
  clock: Clock,
  log: Logger,
): Admission {
  let epoch = 0;
  const extension: Extension<SyncContext> = {
    onAuthenticate: async (payload: onAuthenticatePayload<SyncContext>) => {
      const { context, documentName, token, connectionConfig } = payload;
      const accessEpoch = epoch;
      const identity = await admit(
        { store, sockets, identify, clock },
        context.socket,
        documentName,
        token,
      )
        // A fault of ours is no "forbidden": the client would drop what it holds.
        .catch((error: unknown) => {
          if (error instanceof AccessRefusal) throw error;
          log.error({ cause: describeError(error) }, 'access was not decided');
          throw new AccessRefusal('unavailable');
        });
      // Members write pages, and everybody their own user document, which nobody else opens.
      connectionConfig.readOnly = parseDocumentName(documentName)?.kind === 'room';
      return { identity, accessEpoch };
    },
    // Access may have changed between the decision and the open connection.
    connected: async ({ context, documentName, connection }: connectedPayload<SyncContext>) => {
      const name = parseDocumentName(documentName);
      if (context.accessEpoch === epoch || name === undefined) return;
      const { identity } = context;
      const refusal =
        identity === undefined
          ? 'unauthenticated'
          : await refuseStay(store, identity, name, clock()).catch(() => 'unavailable' as const);
      if (refusal === 'unauthenticated') context.socket.close(CLOSE_CODES.unauthenticated, refusal);
      else if (refusal !== undefined)
        connection.close({ code: CLOSE_CODES.forbidden, reason: refusal });
    },
    onDisconnect: ({ context, documentName }: onDisconnectPayload<SyncContext>) => {
      context.socket.documents.delete(documentName);
      return Promise.resolve();
    },
  };
  return {
    extension,
    bumpEpoch: () => {
      epoch++;
    },
  };
}

/** Every open document connection that a change may concern. */
export function openDocuments(
  hocuspocus: Hocuspocus<SyncContext>,
  { roomId }: { roomId?: RoomId },
): OpenDocument[] {
  const open: OpenDocument[] = [];
  for (const document of hocuspocus.documents.values()) {
    const name = parseDocumentName(document.name);
    if (name === undefined) continue;
    if (roomId !== undefined && (name.kind === 'user' || name.roomId !== roomId)) continue;
    for (const connection of document.getConnections()) {
      const { identity, socket } = connection.context as SyncContext;
      if (identity === undefined) continue;
      const close = (reason: string) => {
        connection.close({ code: CLOSE_CODES.forbidden, reason });
      };
      open.push({ name, userId: identity.userId, socket, close });
    }
  }
  return open;
}
