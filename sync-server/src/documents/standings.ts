import type { RoomId, UserId } from '@skerry/protocol/ids.ts';
import type { RoomAccess } from './accessStore.ts';
import type { Standing } from './gate/verdict.ts';

/** What a room and its writers may do, read from the database once and again after it was outdated. */
export class Standings {
  room = { locked: false, archived: false };
  readonly #roomId: RoomId;
  readonly #access: RoomAccess;
  readonly #known = new Map<UserId, Standing | undefined>();
  /** Who was known before `outdate`: asked for again together, not each at their next word. */
  #former: UserId[] = [];
  /** Counts the calls of `outdate`. */
  #generation = 0;

  constructor(roomId: RoomId, access: RoomAccess) {
    this.#roomId = roomId;
    this.#access = access;
  }

  /** Undefined: not a member. Only for those whom `load` was asked for since the last `outdate`. */
  of(userId: UserId): Standing | undefined {
    return this.#known.get(userId);
  }

  outdate(): void {
    this.#former = [...new Set([...this.#former, ...this.#known.keys()])];
    this.#known.clear();
    this.#generation++;
  }

  async load(userIds: readonly UserId[]): Promise<void> {
    for (;;) {
      const missing = [...new Set(userIds)].filter((id) => !this.#known.has(id));
      if (missing.length === 0) return;
      const generation = this.#generation;
      const asked = [...new Set([...missing, ...this.#former])];
      const { room, standings } = await this.#access.loadStandings(this.#roomId, asked);
      // Outdated meanwhile: what was read may be old, and who was known before is known no more.
      if (generation !== this.#generation) continue;
      this.room = room;
      this.#former = [];
      for (const id of asked) this.#known.set(id, standings.get(id));
    }
  }
}
