import { isTombstone, type WrittenRecord } from '@skerry/protocol/page/messageRecord.ts';
import type { LocalStore } from './localStore.ts';
import {
  messagesIn,
  nextSeq,
  NO_ROWS,
  type MessageOperation,
  type Operation,
  type OperationRows,
  type RefusedOperation,
  type Rule,
} from './operation.ts';
import { createCell } from './readable.ts';
import type { SentRows } from './sent.ts';
import type { Readable } from './views.ts';

/** My operations as this tab knows them. */
export interface Outbox {
  rows: Readable<OperationRows>;
  /** What the person did: resolves when it is on disk for good, rejects when it could not be kept. */
  change: (rule: Rule) => Promise<OperationRows>;
  /**
   * What happened to operations that are on disk already. A disk that does not take it stops nothing: it
   * is kept in memory and written with the next change. After a crash it is found out again.
   */
  note: (rule: Rule) => Promise<void>;
  /** Changes them together with what was sent. */
  changeSent: (rule: (all: SentRows) => SentRows) => Promise<void>;
  /** Another tab changed them. */
  reload: () => Promise<void>;
}

export function createOutbox(store: LocalStore, onChange: () => void): Outbox {
  const rows = createCell<OperationRows>(NO_ROWS);
  /** What the disk did not take. */
  let unwritten: readonly Rule[] = [];
  let calls = 0;
  let shown = 0;
  const withUnwritten: Rule = (read) => applyAll(unwritten, read);

  const show = async (call: number, next: OperationRows): Promise<void> => {
    // The store takes turns in the order of calls, but its answers may overtake each other: one that is
    // overtaken may lack what the other saw, or the other way round. Only the store knows.
    if (call < shown) return reload();
    shown = call;
    rows.set(next);
  };
  const reload = async (): Promise<void> => {
    const call = (calls += 1);
    const read = await store.load();
    await show(call, withUnwritten(read));
  };
  /** Writes what was not written before, then the rule; all of it or nothing. */
  const write = async (rule: Rule): Promise<OperationRows> => {
    let taken: readonly Rule[] = [];
    try {
      return await store.change((read) => {
        taken = [...taken, ...unwritten];
        unwritten = [];
        return applyAll([...taken, rule], read);
      });
    } catch (error) {
      unwritten = [...taken, ...unwritten];
      throw error;
    }
  };
  const change = async (rule: Rule): Promise<OperationRows> => {
    const call = (calls += 1);
    const changed = await write(rule);
    await show(call, withUnwritten(changed));
    onChange();
    return changed;
  };
  return {
    rows,
    change,
    note: async (rule) => {
      try {
        await change(rule);
      } catch {
        unwritten = [...unwritten, rule];
        // What is on disk now may be newer than what is shown here, and that is what leaves.
        await reload().catch(() => {
          rows.set(rule(rows.get()));
        });
      }
    },
    changeSent: async (rule) => {
      await store.changeSent(rule);
      await reload();
      onChange();
    },
    reload,
  };
}

function applyAll(rules: readonly Rule[], rows: OperationRows): OperationRows {
  return rules.reduce((last, rule) => joinStored(last, rule(last)), rows);
}

/** What one rule found stored is not lost to the next. */
function joinStored(last: OperationRows, next: OperationRows): OperationRows {
  if (last.stored === undefined || next.stored === last.stored) return next;
  return { ...next, stored: [...last.stored, ...(next.stored ?? [])] };
}

/** Something written, before it has its place. */
export type NewOperation = Omit<MessageOperation, 'seq' | 'attempts'>;

/**
 * Adds an operation, squashed with what has not left yet: an unsent message takes its edit, an unsent
 * message that is deleted was never written. Nothing is squashed into what may have left.
 */
export function addOperation(added: NewOperation): Rule {
  return (rows) => {
    const { outbox } = rows;
    const refused = rows.tray.find((row) => isPostOf(row, added));
    if (refused !== undefined) return changeRefused(rows, refused, added);
    const last = messagesIn(outbox).findLast((row) => row.messageId === added.messageId);
    if (last?.attempts.length !== 0) {
      // It may have gone to another page while the person wrote.
      const target = last?.target ?? added.target;
      return { ...rows, outbox: [...outbox, place(rows, { ...added, target })] };
    }
    const squashed = squash(last, added);
    return {
      ...rows,
      outbox: outbox.flatMap((row) => (row === last ? (squashed ?? []) : row)),
    };
  };
}

function isPostOf(row: MessageOperation, { messageId }: NewOperation): boolean {
  return row.kind === 'post' && row.messageId === messageId;
}

/** New words for a refused message go instead of the old ones; deleting it forgets it. */
function changeRefused(rows: OperationRows, refused: RefusedOperation, added: NewOperation) {
  const tray = rows.tray.filter((row) => row !== refused);
  if (added.kind === 'delete') return { ...rows, tray };
  const value = withWordsOf(refused, added);
  const again = { ...unsentAgain(rows, refused), value };
  return { outbox: [...rows.outbox, again], tray };
}

/** Undefined: nothing of it is left to send. */
function squash(unsent: MessageOperation, added: NewOperation): MessageOperation | undefined {
  if (unsent.kind === 'delete') return unsent;
  if (added.kind === 'delete') {
    return unsent.kind === 'post' ? undefined : { ...added, seq: unsent.seq, attempts: [] };
  }
  if (unsent.kind === 'edit') return { ...added, seq: unsent.seq, attempts: [] };
  return { ...unsent, value: withWordsOf(unsent, added) };
}

/** Nobody has seen the first words, so the message does not count as edited. */
function withWordsOf(post: NewOperation, edit: NewOperation): MessageOperation['value'] {
  if (isTombstone(post.value) || isTombstone(edit.value)) return post.value;
  const words: WrittenRecord = { ...post.value, text: edit.value.text };
  return edit.value.mentions === undefined ? words : { ...words, mentions: edit.value.mentions };
}

function place(rows: OperationRows, added: NewOperation): MessageOperation {
  return { ...added, seq: nextSeq(rows), attempts: [] };
}

/** Notes under which structs operations leave next: `clock`, `clock + 1` … in the order given. */
export function claimOperations(
  opIds: readonly string[],
  under: { document: string; client: number; clock: number },
): { rule: Rule; claimed: () => readonly Operation[] } {
  let claimed: Operation[] = [];
  const rule: Rule = (rows) => {
    const made = new Map<Operation, Operation>();
    for (const opId of opIds) {
      const row = rows.outbox.find((one) => one.opId === opId);
      if (row === undefined) continue;
      const attempt = { client: under.client, clock: under.clock + made.size };
      const target = { document: under.document };
      made.set(row, { ...row, target, attempts: [...row.attempts, attempt] });
    }
    claimed = [...made.values()];
    const ids = new Set(messagesIn(claimed).map((row) => row.messageId));
    // What was done to a message is looked for on the page that gets it.
    const follow = (row: Operation): Operation =>
      row.kind !== 'read' && ids.has(row.messageId)
        ? { ...row, target: { document: under.document } }
        : row;
    return { ...rows, outbox: rows.outbox.map((row) => made.get(row) ?? follow(row)) };
  };
  return { rule, claimed: () => claimed };
}

/** The server has stored them: what I wrote goes over to the sent. */
export function settleOperations(opIds: ReadonlySet<string>): Rule {
  return (rows) => ({
    ...removeOperations(opIds)(rows),
    stored: messagesIn(rows.outbox).filter((row) => opIds.has(row.opId)),
  });
}

/** Forgets operations. */
export function removeOperations(opIds: ReadonlySet<string>): Rule {
  return (rows) => ({ ...rows, outbox: rows.outbox.filter((row) => !opIds.has(row.opId)) });
}

/** Forgets a refused operation, or an unsent one that cannot have left. */
export function discardOperation(opId: string): Rule {
  return ({ outbox, tray }) => ({
    outbox: outbox.filter((row) => row.opId !== opId || row.attempts.length > 0),
    tray: tray.filter((row) => row.opId !== opId),
  });
}

/**
 * Moves refused operations back, behind everything that is unsent: all that was done to the message, in its
 * order. A delete that went before its post would find nothing, and the post would stay.
 */
export function retryOperation(opId: string): Rule {
  return (rows) => {
    const messageId = rows.tray.find((row) => row.opId === opId)?.messageId;
    const refused = rows.tray.filter((row) => row.messageId === messageId);
    return refused.reduce<OperationRows>(
      (last, row) => ({
        outbox: [...last.outbox, unsentAgain(last, row)],
        tray: last.tray.filter((each) => each !== row),
      }),
      rows,
    );
  };
}

/** A refused operation as it goes again: behind everything that is unsent. */
export function unsentAgain(rows: OperationRows, refused: RefusedOperation): MessageOperation {
  const operation: Partial<RefusedOperation> & MessageOperation = {
    ...refused,
    seq: nextSeq(rows),
  };
  delete operation.refusal;
  return operation;
}
