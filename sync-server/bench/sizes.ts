/** Rooms of "1k, 10k and 100k" messages: multiples of 512 and a half, so that the head page is half full, as on average. */
export const SMALL_ROOM = 1_280;
const MIDDLE_ROOM = 10_496;
export const LARGE_ROOM = 100_096;

/** How much of everything a run does. */
export interface Sizes {
  fanoutSeconds: number;
  rate: { stepSeconds: number; refinements: number };
  wal: {
    roomMessages: readonly number[];
    /** At 5 messages a second. In full longer than the server's longest wait before it compacts (120 s). */
    fastSeconds: number;
    /** At one message in 3 s. */
    slowSeconds: number;
    /**
     * After each of them. In full longer than a server waits after the last change before it writes a document
     * anew, so that this counts to the pace that made it due.
     */
    settleSeconds: number;
  };
  warmJoins: number;
  missedMessages: number;
  idleConnections: number;
  grown: { rows: number; seconds: number };
}

export const FULL: Sizes = {
  fanoutSeconds: 20,
  rate: { stepSeconds: 6, refinements: 3 },
  wal: {
    roomMessages: [SMALL_ROOM, MIDDLE_ROOM, LARGE_ROOM],
    fastSeconds: 130,
    slowSeconds: 60,
    settleSeconds: 35,
  },
  warmJoins: 15,
  missedMessages: 1_000,
  idleConnections: 1_000,
  grown: { rows: 200_000, seconds: 20 },
};

export const QUICK: Sizes = {
  fanoutSeconds: 6,
  rate: { stepSeconds: 3, refinements: 1 },
  wal: {
    roomMessages: [SMALL_ROOM, LARGE_ROOM],
    fastSeconds: 12,
    slowSeconds: 12,
    settleSeconds: 3,
  },
  warmJoins: 5,
  missedMessages: 1_000,
  idleConnections: 300,
  grown: { rows: 200_000, seconds: 6 },
};
