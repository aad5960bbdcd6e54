import { pageDocumentName, parseDocumentName } from '@skerry/protocol/documentName.ts';
import type { RoomId } from '@skerry/protocol/ids.ts';
import { asksFirst, type FindKind } from './consent.ts';
import type { Documents, LiveDocument } from './documents.ts';
import type { Operation, OperationRows } from './operation.ts';

/** Finds a room's head page; undefined while this device does not know it. */
export type FindHead = (roomId: RoomId) => number | undefined;

/** Pages attached for sending at a time; the others wait for their turn. */
const MAX_PAGES_AT_A_TIME = 8;

/**
 * Per document, the operations whose turn it is. The order of writing holds in a room, so a room sends to
 * one page at a time, and waits while one of its operations asks first; how far I read goes to my user
 * document beside it.
 */
export function sendingDocuments(
  rows: OperationRows,
  findHead: FindHead,
  findKind: FindKind,
): Map<string, Operation[]> {
  const pageOfRoom = new Map<RoomId, string>();
  const documents = new Map<string, Operation[]>();
  const waiting = new Set<RoomId>();
  for (const row of rows.outbox) {
    const roomId = row.room.id;
    if (row.kind === 'read') {
      add(documents, row.target.document, row);
      continue;
    }
    if (asksFirst(row, findKind)) waiting.add(roomId);
    if (waiting.has(roomId)) continue;
    const document = pageOf(row, findHead);
    const turn = pageOfRoom.get(roomId) ?? document;
    if (document !== turn) {
      waiting.add(roomId);
      continue;
    }
    pageOfRoom.set(roomId, turn);
    add(documents, turn, row);
  }
  return documents;
}

function add(documents: Map<string, Operation[]>, document: string, row: Operation): void {
  const operations = documents.get(document);
  if (operations === undefined) documents.set(document, [row]);
  else operations.push(row);
}

/** A message that has not left yet goes to the head page; what may have left is looked for where it went. */
function pageOf(row: Operation, findHead: FindHead): string {
  if (row.kind !== 'post' || row.attempts.length > 0) return row.target.document;
  const head = findHead(row.room.id);
  const target = parseDocumentName(row.target.document);
  if (head === undefined || target?.kind !== 'page' || target.page >= head)
    return row.target.document;
  return pageDocumentName(row.room.id, head);
}

export interface SendQueueDeps {
  documents: Documents;
  rows: () => OperationRows;
  findHead: FindHead;
  findKind: FindKind;
  maySend: () => boolean;
}

/** Keeps every page attached that has operations to send, on screen or not. */
export class SendQueue {
  readonly #deps: SendQueueDeps;
  readonly #held = new Map<string, LiveDocument>();

  constructor(deps: SendQueueDeps) {
    this.#deps = deps;
  }

  /** What a document may send now. */
  next(document: string): readonly Operation[] {
    if (!this.#deps.maySend()) return [];
    return this.#sending().get(document) ?? [];
  }

  /** The outbox, a head page or the role of sender changed. */
  update(): void {
    const { documents, maySend } = this.#deps;
    const sending = maySend() ? [...this.#sending().keys()] : [];
    // The user document is attached in any case.
    const pages = sending.filter((name) => parseDocumentName(name)?.kind === 'page');
    // Those whose room is denied stay out until the room is asked for again.
    const wanted = new Set(pages.slice(0, MAX_PAGES_AT_A_TIME));
    for (const name of wanted) {
      if (!this.#held.has(name)) this.#held.set(name, documents.acquire(name));
    }
    for (const [name, held] of this.#held) {
      if (wanted.has(name)) continue;
      this.#held.delete(name);
      held.release();
    }
    for (const sender of documents.senders()) sender.drain();
  }

  #sending(): Map<string, Operation[]> {
    const { rows, findHead, findKind } = this.#deps;
    return sendingDocuments(rows(), findHead, findKind);
  }

  close(): void {
    for (const held of this.#held.values()) held.release();
    this.#held.clear();
  }
}
