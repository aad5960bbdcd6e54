import type { ConnectionState } from '../../sync/views.ts';
import { t, type TextKey } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';

const LABELS: Record<ConnectionState, TextKey> = {
  online: 'outbox.sendAll',
  connecting: 'outbox.sendAllOffline',
  offline: 'outbox.sendAllOffline',
  'signed-out': 'outbox.sendAllSignedOut',
  'client-too-old': 'outbox.sendAllOffline',
};

/** Says on itself what it needs. */
export function SendAll({
  connection,
  onSend,
}: {
  connection: ConnectionState;
  onSend: () => void;
}) {
  return (
    <Button disabled={connection !== 'online'} onClick={onSend} className="max-tablet:w-full">
      {t(LABELS[connection])}
    </Button>
  );
}
