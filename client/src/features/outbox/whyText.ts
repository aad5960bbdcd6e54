import type { ConnectionState, OperationView } from '../../sync/views.ts';
import { refusalText } from '../../text/refusalText.ts';
import { t, type TextKey } from '../../text/text.ts';

/** Since when it waits and why it has not gone, or why it was not accepted. */
export function whyText(
  { refusal, asks }: Pick<OperationView, 'refusal' | 'asks'>,
  connection: ConnectionState,
  isFirst: boolean,
): string {
  if (refusal !== undefined) {
    return t('conversation.refusedBecause', { reason: refusalText(refusal.code) });
  }
  if (asks) return t('outbox.why.asks');
  // A room's messages go in the order written, whatever the connection.
  return t(isFirst ? WAITING[connection] : 'outbox.why.before');
}

const WAITING: Record<ConnectionState, TextKey> = {
  online: 'outbox.why.sending',
  connecting: 'outbox.why.offline',
  offline: 'outbox.why.offline',
  'signed-out': 'outbox.why.signedOut',
  'client-too-old': 'outbox.why.tooOld',
};
