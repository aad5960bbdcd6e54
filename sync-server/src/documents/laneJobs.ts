import type { ClientId, UserId } from '@skerry/protocol/ids.ts';
import type * as Y from 'yjs';
import type { RedactionRow } from './commitStatement.ts';
import type { Frame, GateVerdict, Refused } from './gate/verdict.ts';
import type { Minted } from './serverStructs.ts';

export type Verdict =
  /** All of it was stored before. */
  | { kind: 'nothing' }
  /** Stored, applied and relayed: the message values it set, and the client ids it brought to the document. */
  | { kind: 'accept'; messages: number; newClients: number }
  /** Neither stored nor refused: `gap` asks for a full sync, `unavailable` for patience. */
  | { kind: 'later'; reason: 'gap' | 'unavailable' }
  | Extract<GateVerdict, { kind: 'rebuild' }>
  | Refused;

export interface UpdateJob {
  kind: 'update';
  update: Uint8Array;
  userId: UserId;
  frame: Frame;
  settle: (verdict: Verdict) => void;
}
/** Changes a throw-away fork of the document, under the server's client id. */
export type Change = (fork: Y.Doc) => void;
/** A change with what it redacts: both are stored, or neither. */
export interface RedactingChange {
  change: Change;
  redactions: readonly RedactionRow[];
}

/** Reads what a change needs when its turn has come. */
export type Prepare = () => Promise<Change | RedactingChange>;

/** Makes an update for the document as it is now, without changing it; undefined: there is nothing to say. */
export type Mint = (
  doc: Y.Doc,
  serverClientId: ClientId,
) => Minted | undefined | Promise<Minted | undefined>;

export interface ChangeJob {
  kind: 'change';
  mint: Mint;
  attempts: number;
  settle: () => void;
  fail: (cause: unknown) => void;
}
interface CatchUpJob {
  kind: 'catch-up';
  settle: (isRead: boolean) => void;
}
export type Job = UpdateJob | ChangeJob | CatchUpJob;

/** Answers a job whose turn did not come or whose outcome is unknown. */
export function postpone(job: Job): void {
  if (job.kind === 'update') job.settle({ kind: 'later', reason: 'unavailable' });
  if (job.kind === 'catch-up') job.settle(false);
}
