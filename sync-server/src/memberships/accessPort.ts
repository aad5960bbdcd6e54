import type { RoomId, UserId } from '@skerry/protocol/ids.ts';

/**
 * How accounts, rooms and memberships reach the documents and the open sockets. Called after the database
 * has committed; a document that missed a call is right again at its next load.
 */
export interface AccessPort {
  /** Writes the room document from the database, and the room's entry in its members' lists. */
  refreshRoom: (roomId: RoomId) => Promise<void>;
  /** Writes the room list of one person's user document from the database. */
  refreshUser: (userId: UserId) => Promise<void>;
  /** Judges anew who may hold which document open. */
  accessChanged: (change: { roomId?: RoomId; userId?: UserId }) => Promise<void>;
  /** Closes the sockets of these stored session ids. */
  endSessions: (sessionIds: readonly string[]) => void;
}
