import { Link } from 'wouter';
import type { RoomStatus } from '../../sync/views.ts';
import { t } from '../../text/text.ts';
import { buttonClass } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';

/** What stands in the place of the messages while there is nothing to list. */
export function RoomState({ status }: { status: Exclude<RoomStatus, 'ready'> }) {
  switch (status) {
    case 'loading':
      return (
        <div role="status" aria-label={t('conversation.loading')} className="min-h-0 flex-1">
          <Skeleton rows={6} />
        </div>
      );
    case 'not-on-device':
      return (
        <EmptyState
          title={t('conversation.notOnDevice.title')}
          text={t('conversation.notOnDevice.text')}
        />
      );
    case 'forbidden':
      return (
        <EmptyState
          title={t('conversation.forbidden.title')}
          text={t('conversation.forbidden.text')}
          action={
            <Link href="/" className={buttonClass()}>
              {t('conversation.forbidden.back')}
            </Link>
          }
        />
      );
    default:
      return status satisfies never;
  }
}
