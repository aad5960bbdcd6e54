import { parseDocumentName, type DocumentName } from '@skerry/protocol/documentName.ts';
import type { EpochMs, RoomId, UserId } from '@skerry/protocol/ids.ts';
import { MAX_DOCUMENTS_PER_USER } from '@skerry/protocol/limits.ts';
import type { RefusalCode } from '@skerry/protocol/refusals.ts';
import { parseSyncToken } from '@skerry/protocol/syncToken.ts';
import { OLDEST_SERVED_VERSION } from '@skerry/protocol/version.ts';
import type { Identify, Identity } from '../accounts/identity.ts';
import type { Clock } from '../platform/clock.ts';
import type { AccessStore } from './accessStore.ts';
import type { SocketRegistry } from './socketRegistry.ts';
import type { SyncSocket } from './syncSocket.ts';

interface Deps {
  store: AccessStore;
  identify: Identify;
  sockets: SocketRegistry;
  clock: Clock;
}

/** Why a document is not opened; sent to the provider as the reason of its failed authentication. */
export class AccessRefusal extends Error {
  readonly reason: RefusalCode;
  constructor(reason: RefusalCode) {
    // Without a message Hocuspocus does not print it.
    super();
    this.reason = reason;
  }
}

/** The one decision on who opens a document. Throws an AccessRefusal. */
export async function admit(
  deps: Deps,
  socket: SyncSocket,
  documentName: string,
  token: string,
): Promise<Identity> {
  const name = parseDocumentName(documentName);
  if (name === undefined) throw new AccessRefusal('bad-request');
  const { version, bearer } = parseSyncToken(token);
  if (version !== undefined && version < OLDEST_SERVED_VERSION)
    throw new AccessRefusal('client-too-old');
  const { ownOrigin, cookie } = socket.facts;
  const identity = socket.holder ?? (await deps.identify({ cookie, bearer, ownOrigin }));
  if (identity === undefined) throw new AccessRefusal('unauthenticated');
  // A ticket was looked at a moment ago: its session may have ended since.
  const refusal =
    socket.holder === undefined
      ? await refuseAccess(deps.store, identity.userId, name)
      : await refuseStay(deps.store, identity, name, deps.clock());
  if (refusal !== undefined) throw new AccessRefusal(refusal);
  // One socket speaks for one person: limits and closing are per socket.
  if (!deps.sockets.claim(socket, identity)) throw new AccessRefusal('forbidden');
  if (!deps.sockets.mayOpen(identity.userId, documentName, MAX_DOCUMENTS_PER_USER))
    throw new AccessRefusal('too-many-requests');
  socket.documents.add(documentName);
  return identity;
}

/** Undefined: the person may read this document now. */
export async function refuseAccess(
  store: AccessStore,
  userId: UserId,
  name: DocumentName,
): Promise<RefusalCode | undefined> {
  if (name.kind === 'user') return name.userId === userId ? undefined : 'forbidden';
  const member = await store.findMember(name.roomId, userId);
  if (member === undefined) return 'room-not-found';
  // A stranger to a private room does not learn that it exists.
  if (member.role === null) return member.kind === 'public' ? 'not-a-member' : 'room-not-found';
  return name.kind === 'page' && name.page > member.head ? 'not-found' : undefined;
}

/** The same decision once more for whom it let in: also on what may have ended since. */
export async function refuseStay(
  store: AccessStore,
  { userId, sessionId }: Identity,
  name: DocumentName,
  now: EpochMs,
): Promise<RefusalCode | undefined> {
  const [ended, barred] = await Promise.all([
    store.findEnded([sessionId], new Date(now)),
    store.findBarred([userId]),
  ]);
  if (ended.size + barred.size > 0) return 'unauthenticated';
  return refuseAccess(store, userId, name);
}

/** An open document connection, as far as access is concerned. */
export interface OpenDocument {
  name: DocumentName;
  userId: UserId;
  socket: SyncSocket;
  close: (reason: RefusalCode) => void;
}

/** What a room's or a person's standing changed to is read from the tables; this only says where to look. */
export interface AccessChange {
  roomId?: RoomId;
  userId?: UserId;
}

/** Decides anew for open documents after a change, and closes those that may not stay open. */
export async function closeRefused(
  store: AccessStore,
  open: readonly OpenDocument[],
  change: AccessChange,
): Promise<void> {
  const concerned = open.filter(
    ({ name, userId }) =>
      (change.userId === undefined || userId === change.userId) &&
      (change.roomId === undefined || (name.kind !== 'user' && name.roomId === change.roomId)),
  );
  const pairs: { roomId: RoomId; userId: UserId }[] = [];
  for (const { name, userId } of concerned)
    if (name.kind !== 'user') pairs.push({ roomId: name.roomId, userId });
  const [memberships, barred] = await Promise.all([
    store.findMemberships(pairs),
    store.findBarred([...new Set(concerned.map(({ userId }) => userId))]),
  ]);
  for (const document of concerned) {
    const { name, userId, socket } = document;
    if (barred.has(userId)) socket.close(4403, 'suspended');
    else if (name.kind !== 'user' && !memberships.has(`${name.roomId}/${userId}`))
      document.close('not-a-member');
  }
}
