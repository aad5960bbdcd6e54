import { t } from '../../text/text.ts';

/** How many of mine the server does not have; what there is none of is not counted. */
export function summaryText(waiting: number, refused: number): string {
  const parts = [
    waiting > 0 && t('outbox.waitingCount', { count: waiting }),
    refused > 0 && t('outbox.refusedCount', { count: refused }),
  ].filter((part) => part !== false);
  return parts.length === 0 ? t('outbox.title') : parts.join(', ');
}
