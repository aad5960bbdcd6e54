import type { MessageId, RoomId, UserId } from '@skerry/protocol/ids.ts';
import { err, ok, type Result } from '@skerry/protocol/result.ts';
import { v7 as uuidv7 } from 'uuid';
import type { RedactionRow } from '../documents/commitStatement.ts';
import { redactOnPage } from '../documents/redaction.ts';
import { eraseRows, type ErasureDeps } from './erasure.ts';
import { findErasure, findPages } from './erasureStore.ts';
import { findRoomPower, type Denied } from './rights.ts';

interface Redaction {
  roomId: RoomId;
  messageId: MessageId;
  actorId: UserId;
  reason?: string;
}

/**
 * Takes a message's content away for everybody: its entry stays, and no row holds the words when this returns.
 * The files of the database follow in a job of their own. Redacting twice is redacting.
 */
export async function redactMessage(
  deps: ErasureDeps & { queueErasure: () => Promise<void> },
  cmd: Redaction,
): Promise<Result<void, Denied | 'no-message'>> {
  const { db, clock, documents } = deps;
  const { roomId, messageId, actorId, reason } = cmd;
  const power = await findRoomPower(db.kysely, roomId, actorId);
  if (!power.ok) return power;
  const pages = await findPages(db.kysely, roomId, messageId);
  if (pages === undefined) return err('no-message');

  let denied: Denied | undefined;
  await documents.changePage(roomId, pages.page, async () => {
    // Once more in this turn: when the actor's role goes, the rules move, and nothing of it is stored.
    const now = await findRoomPower(db.kysely, roomId, actorId);
    denied = now.ok ? undefined : now.error;
    if (!now.ok || (await findErasure(db.kysely, roomId, messageId)) !== undefined)
      return { change: () => undefined, redactions: [] };
    const redaction: RedactionRow = {
      ...{ roomId, id: messageId, by: actorId, at: clock() },
      reason: reason ?? null,
      erasureId: uuidv7(),
    };
    return {
      change: (fork) => {
        redactOnPage(fork, { ...redaction, reason });
      },
      redactions: [redaction],
    };
  });
  if (denied !== undefined) return err(denied);
  // Also when nothing is new: what a process that died has left undone is done by the next try.
  const erasure = await findErasure(db.kysely, roomId, messageId);
  // Queued first: the job finishes what fails here.
  if (erasure?.filesAt === null) await deps.queueErasure();
  if (erasure?.rowsAt === null) await eraseRows(deps, erasure);
  return ok(undefined);
}
