import { pageDocumentName, parseDocumentName } from '@skerry/protocol/documentName.ts';
import type { ArrivalNumber, RoomId } from '@skerry/protocol/ids.ts';
import type * as Y from 'yjs';
import type { Documents } from './documents.ts';
import type { Timers } from './heartbeat.ts';
import type { LocalStore } from './localStore.ts';
import type { OperationRows, Rule } from './operation.ts';
import type { Outbox } from './outbox.ts';
import { clampReads } from './reads.ts';
import { isGoneFrom, KEEP_SENT_MS, missingFrom, purgeSent, sendAgain } from './sendingAgain.ts';
import { type SentMessage } from './sent.ts';

/** Keeps what was sent for some days, and sends it again when the server's database was restored. */
export interface SentKeeper {
  /** The server named its database. */
  hearEpoch: (epoch: string) => void;
  /** A page received something: words that are gone from it are not kept here either. */
  pageChanged: (document: string, page: Y.Doc) => void;
  /** This tab became, or is no longer, the one that sends. */
  update: () => void;
  close: () => void;
}

export interface SentKeeperDeps {
  userDocument: string;
  store: LocalStore;
  outbox: Outbox;
  documents: Pick<Documents, 'fetchAnew'>;
  findHead: (roomId: RoomId) => number | undefined;
  lastOf: (roomId: RoomId) => ArrivalNumber | undefined;
  maySend: () => boolean;
  timers: Timers;
}

const META_KEY = 'epoch';
/** Pages change often; the words of what was removed are gone from here soon enough. */
const PURGE_AFTER_MS = 1_000;

export function createSentKeeper(deps: SentKeeperDeps): SentKeeper {
  const { store, outbox, timers, maySend } = deps;
  const changed = new Map<string, Y.Doc>();
  let cancelPurge: (() => void) | undefined;
  let epoch: string | undefined;
  let isRestoring = false;
  let isClosed = false;

  const purge = async (): Promise<void> => {
    cancelPurge = undefined;
    // In each tab: the one that sends may not have this page open.
    const pages = new Map(changed);
    changed.clear();
    const gone = new Set<string>();
    const sent = await store.loadSent();
    for (const { messageId, target } of sent) {
      const page = pages.get(target.document);
      if (page !== undefined && isGoneFrom(page, messageId)) gone.add(messageId);
    }
    const isOld = (storedAt: number): boolean => storedAt < timers.now() - KEEP_SENT_MS;
    const isGone = (messageId: string): boolean => gone.has(messageId);
    if (purgeSent(sent, isOld, isGone).length === sent.length) return;
    await outbox.changeSent((all) => ({ ...all, sent: purgeSent(all.sent, isOld, isGone) }));
  };
  const planPurge = (): void => {
    if (isClosed) return;
    // The disk did not take it: with the next change.
    cancelPurge ??= timers.setTimeout(() => void purge().catch(() => undefined), PURGE_AFTER_MS);
  };

  const check = async (): Promise<void> => {
    if (epoch === undefined || isRestoring || isClosed || !maySend()) return;
    const heard = epoch;
    isRestoring = true;
    try {
      const known = await store.loadMeta(META_KEY);
      if (known !== heard) {
        if (known !== undefined && !(await sendMissing(deps))) return;
        // Only now: after a crash on the way it is done again, and what went back is no longer among the sent.
        await store.saveMeta(META_KEY, heard);
      }
    } finally {
      isRestoring = false;
    }
    if (epoch !== heard) await check();
  };
  planPurge();
  return {
    hearEpoch: (heard) => {
      epoch = heard;
      planPurge();
      void check().catch(() => undefined); // the disk failed: with the next summary
    },
    pageChanged: (document, page) => {
      changed.set(document, page);
      planPurge();
    },
    update: () => {
      void check().catch(() => undefined);
    },
    close: () => {
      isClosed = true;
      cancelPurge?.();
    },
  };
}

/** What the restored database lacks of mine goes back to the outbox; false: it could not be found out. */
async function sendMissing(deps: SentKeeperDeps): Promise<boolean> {
  const { store, outbox, documents, findHead } = deps;
  const user = await documents.fetchAnew(deps.userDocument);
  user.release();
  if (user.state !== 'fetched') return false;
  const sent = await store.loadSent();
  for (const roomId of new Set(sent.map(({ room }) => room.id))) {
    const ofRoom = sent.filter(({ room }) => room.id === roomId);
    const head = findHead(roomId);
    if (head === undefined) continue; // the room is lost
    // One page at a time: a person may not hold many.
    const missing: SentMessage[] = [];
    for (const document of new Set(ofRoom.map(({ target }) => target.document))) {
      missing.push(...(await findMissing(documents, ofRoom, document, head)));
    }
    await outbox.changeSent((all) => sendAgain(all, missing, pageDocumentName(roomId, head)));
  }
  await outbox.change(clampReads(deps.lastOf));
  await outbox.change(retarget(findHead));
  return true;
}

async function findMissing(
  documents: Pick<Documents, 'fetchAnew'>,
  sent: readonly SentMessage[],
  document: string,
  head: number,
): Promise<SentMessage[]> {
  const name = parseDocumentName(document);
  if (name?.kind !== 'page') return [];
  if (name.page > head) return missingFrom(sent, document, undefined);
  const { state, doc, release } = await documents.fetchAnew(document);
  try {
    if (state === 'denied') return []; // the room was lost meanwhile
    return missingFrom(sent, document, state === 'fetched' ? doc : undefined);
  } finally {
    release();
  }
}

/** Pages that the restored database does not have yet take nothing: what went there goes to the newest. */
function retarget(findHead: SentKeeperDeps['findHead']): Rule {
  return (rows: OperationRows) => ({
    ...rows,
    outbox: rows.outbox.map((row) => {
      const target = parseDocumentName(row.target.document);
      const head = findHead(row.room.id);
      if (target?.kind !== 'page' || head === undefined || target.page <= head) return row;
      return { ...row, target: { document: pageDocumentName(target.roomId, head) }, attempts: [] };
    }),
  });
}
