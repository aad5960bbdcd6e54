import type { UserId } from '@skerry/protocol/ids.ts';
import type { LogEntry } from './commitStatement.ts';
import type { Acceptance, GateVerdict } from './gate/verdict.ts';
import type { UpdateJob } from './laneJobs.ts';
import type { LoggedDocument } from './loggedDocument.ts';

/** What members may write in one kind of document, and what is stored beside it. One per lane. */
export interface Writing {
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

/** The accepted updates of one turn of a lane, on the way to becoming one commit. */
export interface Batch {
  readonly isEmpty: boolean;
  /** Whether an update rests on a client id or a key that the batch changes: its verdict may then differ. */
  meets: (accepted: Acceptance) => boolean;
  add: (update: Uint8Array, userId: UserId, accepted: Acceptance) => void;
  /** The batch with what the server adds to it, last. */
  toEntry: () => LogEntry;
}
