import type { UserId } from '@skerry/protocol/ids.ts';
import { MAX_SOCKETS_PER_USER } from '@skerry/protocol/limits.ts';
import type { Identity } from '../accounts/identity.ts';
import { CLOSE_CODES, type SyncSocket } from './syncSocket.ts';

/** All open sockets, by person once they are known. */
export class SocketRegistry {
  readonly #all = new Set<SyncSocket>();
  readonly #byUser = new Map<UserId, Set<SyncSocket>>();
  /** Sockets of nobody yet, by address. */
  readonly #strangers = new Map<string, Set<SyncSocket>>();

  get all(): ReadonlySet<SyncSocket> {
    return this.#all;
  }

  add(socket: SyncSocket): void {
    this.#all.add(socket);
    const { address } = socket.facts;
    this.#strangers.set(address, (this.#strangers.get(address) ?? new Set()).add(socket));
  }

  /** Sockets of an address on which nobody has opened a document yet. */
  strangersAt(address: string): number {
    return this.#strangers.get(address)?.size ?? 0;
  }

  remove(socket: SyncSocket): void {
    this.#all.delete(socket);
    this.#forgetStranger(socket);
    const userId = socket.identity?.userId;
    if (userId === undefined) return;
    const own = this.#byUser.get(userId);
    own?.delete(socket);
    if (own?.size === 0) this.#byUser.delete(userId);
  }

  #forgetStranger(socket: SyncSocket): void {
    const { address } = socket.facts;
    const strangers = this.#strangers.get(address);
    strangers?.delete(socket);
    if (strangers?.size === 0) this.#strangers.delete(address);
  }

  /**
   * Binds a socket to a person; false when it is another one's already. Above the cap the oldest goes: on a flapping line it is one whose other end
   * is long gone.
   */
  claim(socket: SyncSocket, identity: Identity): boolean {
    if (socket.identity !== undefined && socket.identity.userId !== identity.userId) return false;
    socket.identity = identity;
    socket.sessions.add(identity.sessionId);
    this.#forgetStranger(socket);
    if (!this.#all.has(socket)) return true;
    const own = this.#byUser.get(identity.userId) ?? new Set();
    this.#byUser.set(identity.userId, own.add(socket));
    if (own.size <= MAX_SOCKETS_PER_USER) return true;
    const [oldest] = [...own].sort((a, b) => a.openedAt - b.openedAt);
    if (oldest === undefined) return true;
    own.delete(oldest);
    oldest.close(CLOSE_CODES.tooMany, 'too-many-requests');
    return true;
  }

  /** Whether a person may open one more document; the same one on several devices counts once. */
  mayOpen(userId: UserId, documentName: string, limit: number): boolean {
    const names = new Set([documentName]);
    for (const socket of this.#byUser.get(userId) ?? [])
      for (const name of socket.documents) names.add(name);
    return names.size <= limit;
  }
}
