import type { UserId } from '@skerry/protocol/ids.ts';
import { MAX_SOCKETS_PER_USER } from '@skerry/protocol/limits.ts';
import type { Identity } from '../accounts/identity.ts';
import { CLOSE_CODES, type SyncSocket } from './syncSocket.ts';

/** All open sockets, by person once they are known. */
export class SocketRegistry {
  readonly #all = new Set<SyncSocket>();
  readonly #byUser = new Map<UserId, Set<SyncSocket>>();

  get all(): ReadonlySet<SyncSocket> {
    return this.#all;
  }

  add(socket: SyncSocket): void {
    this.#all.add(socket);
  }

  remove(socket: SyncSocket): void {
    this.#all.delete(socket);
    const userId = socket.identity?.userId;
    if (userId === undefined) return;
    const own = this.#byUser.get(userId);
    own?.delete(socket);
    if (own?.size === 0) this.#byUser.delete(userId);
  }

  /**
   * Binds a socket to a person. Above the cap the oldest goes: on a flapping line it is one whose other end
   * is long gone.
   */
  claim(socket: SyncSocket, identity: Identity): void {
    socket.identity = identity;
    socket.sessions.add(identity.sessionId);
    if (!this.#all.has(socket)) return;
    const own = this.#byUser.get(identity.userId) ?? new Set();
    this.#byUser.set(identity.userId, own.add(socket));
    if (own.size <= MAX_SOCKETS_PER_USER) return;
    const [oldest] = [...own].sort((a, b) => a.openedAt - b.openedAt);
    if (oldest === undefined) return;
    own.delete(oldest);
    oldest.close(CLOSE_CODES.tooMany, 'too-many-requests');
  }

  /** Whether a person may open one more document; the same one on several devices counts once. */
  mayOpen(userId: UserId, documentName: string, limit: number): boolean {
    const names = new Set([documentName]);
    for (const socket of this.#byUser.get(userId) ?? [])
      for (const name of socket.documents) names.add(name);
    return names.size <= limit;
  }
}
