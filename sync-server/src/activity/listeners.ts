import type { Document } from '@hocuspocus/server';
import type { RoomId, UserId } from '@skerry/protocol/ids.ts';

/**
 * Who is online in this process, by the rooms that their user documents list. A list may be behind the
 * tables: whoever tells them something asks the audience first.
 */
export class Listeners {
  readonly #byRoom = new Map<RoomId, Map<UserId, Document>>();

  in(roomId: RoomId): ReadonlyMap<UserId, Document> {
    return this.#byRoom.get(roomId) ?? new Map<UserId, Document>();
  }

  /** Follows a loaded user document until it is unloaded. */
  follow(userId: UserId, document: Document): void {
    const rooms = document.getMap('rooms');
    let listed = new Set<RoomId>();
    const relist = (now: ReadonlySet<RoomId>) => {
      for (const roomId of listed) if (!now.has(roomId)) this.#remove(roomId, userId, document);
      for (const roomId of now) if (!listed.has(roomId)) this.#add(roomId, userId, document);
      listed = new Set(now);
    };
    const read = () => {
      relist(new Set(rooms.keys() as Iterable<RoomId>));
    };
    rooms.observe(read);
    read();
    document.on('destroy', () => {
      relist(new Set());
    });
  }

  #add(roomId: RoomId, userId: UserId, document: Document): void {
    const people = this.#byRoom.get(roomId) ?? new Map<UserId, Document>();
    this.#byRoom.set(roomId, people.set(userId, document));
  }

  #remove(roomId: RoomId, userId: UserId, document: Document): void {
    const people = this.#byRoom.get(roomId);
    // A new one of the same name may be loaded already.
    if (people?.get(userId) !== document) return;
    people.delete(userId);
    if (people.size === 0) this.#byRoom.delete(roomId);
  }
}
