import type { EpochMs } from '@skerry/protocol/ids.ts';
import type { RefusalCode } from '@skerry/protocol/refusals.ts';
import type { ConnectionState, OperationView } from '../../sync/views.ts';
import { refusalText } from '../../text/refusalText.ts';
import { t, type TextKey } from '../../text/text.ts';
import { timeOrDayAndTime } from '../../text/time.ts';

interface Circumstances {
  connection: ConnectionState;
  /** Nothing of its room stands before it. */
  isFirst: boolean;
  /** Midnight of today. */
  today: EpochMs;
}

/** Since when it waits and why it has not gone, or why it was not accepted. */
export function whyText(
  { refusal, asks, room }: Pick<OperationView, 'refusal' | 'asks' | 'room'>,
  { connection, isFirst, today }: Circumstances,
): string {
  if (refusal !== undefined) {
    const { code, at } = refusal;
    const gone = GONE[code];
    if (gone === undefined) return t('conversation.refusedBecause', { reason: refusalText(code) });
    const name = room.kind === 'public' || room.kind === 'private' ? `#${room.name}` : room.name;
    return t(gone, { room: name, time: timeOrDayAndTime(at, today) });
  }
  if (asks) return t('outbox.why.asks');
  // A room's messages go in the order written, whatever the connection.
  return t(isFirst ? WAITING[connection] : 'outbox.why.before');
}

/**
 * Why I am in a room no more. The server says neither whether I was removed or left, on any device, nor of a
 * private room whether it is still there; the time is when this device heard of it.
 */
const GONE: Partial<Record<RefusalCode, TextKey>> = {
  'not-a-member': 'outbox.why.removed',
  'room-not-found': 'outbox.why.roomGone',
};

const WAITING: Record<ConnectionState, TextKey> = {
  online: 'outbox.why.sending',
  connecting: 'outbox.why.offline',
  offline: 'outbox.why.offline',
  'signed-out': 'outbox.why.signedOut',
  'client-too-old': 'outbox.why.tooOld',
};
