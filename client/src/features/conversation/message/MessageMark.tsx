import type { Delivery } from '../../../sync/views.ts';
import { t } from '../../../text/text.ts';
import { Mark } from '../../../ui/Mark.tsx';

/** How far my own message got. */
export function MessageMark({ delivery }: { delivery: Delivery }) {
  switch (delivery.state) {
    case 'onDevice':
      return <Mark kind="on-device" label={t('conversation.onDevice')} />;
    case 'onServer':
      return <Mark kind="on-server" label={t('conversation.onServer')} />;
    case 'read':
      return <Mark kind="read" label={t('conversation.read')} />;
    case 'refused':
      return <Mark kind="refused" label={t('conversation.refused')} />;
    default:
      return delivery satisfies never;
  }
}
