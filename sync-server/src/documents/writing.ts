import type { UserId } from '@skerry/protocol/ids.ts';
import type { LogEntry } from './commitStatement.ts';
import type { Acceptance, GateVerdict } from './gate/verdict.ts';
import type { UpdateJob } from './laneJobs.ts';
import type { LoggedDocument } from './loggedDocument.ts';

/** What members may write in one kind of document, and what is stored beside it. One per lane. */
export interface Writing {
  /** How large the document may grow; absent: it is not looked at. */
  readonly bounds?: Bounds;
  /** Before a turn: reads what the verdicts on these people's updates need. */
  prepare: (document: LoggedDocument, userIds: readonly UserId[]) => Promise<void>;
  judge: (document: LoggedDocument, job: UpdateJob) => GateVerdict;
  /** Gathers what one turn accepts. */
  begin: (document: LoggedDocument) => Batch;
  /** The batch was not committed, and the document has caught up: looks for what stood in the way. */
  conflicted: (document: LoggedDocument, batch: Batch) => Promise<void>;
  /** What `prepare` has read before may be old. */
  outdate: () => void;
}

/** When a document takes no more as it is, and what is then to be done. */
export interface Bounds {
  isFull: (document: LoggedDocument) => boolean;
  /** What makes room for more. Runs in a turn of the lane; done twice or by two processes it is done once. */
  close: (document: LoggedDocument) => Promise<void>;
}

/** The accepted updates of one turn of a lane, on the way to becoming one commit. */
export interface Batch {
  readonly isEmpty: boolean;
  /**
   * Whether the verdict on an update may be another one once the batch is stored: it rests on a client id or a
   * key that the batch changes, or there is no room for both.
   */
  meets: (accepted: Acceptance, update: Uint8Array) => boolean;
  add: (update: Uint8Array, userId: UserId, accepted: Acceptance) => void;
  /** The batch with what the server adds to it, last. */
  toEntry: () => LogEntry;
}
