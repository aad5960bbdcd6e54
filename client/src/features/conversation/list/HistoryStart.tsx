import type { OlderMessages } from '../../../sync/views.ts';
import { t } from '../../../text/text.ts';
import { Skeleton } from '../../../ui/Skeleton.tsx';

/** Always as high, so that nothing moves when what it says changes. */
export const HISTORY_START_PX = 76;

/** What stands above the oldest message in the list. */
export function HistoryStart({ older }: { older: OlderMessages }) {
  return (
    <div className="flex h-19 items-center justify-center overflow-hidden text-center text-secondary text-muted">
      {renderState(older)}
    </div>
  );
}

function renderState(older: OlderMessages) {
  switch (older) {
    case 'more':
      return null;
    case 'loading':
      return (
        <div role="status" aria-label={t('conversation.older.loading')} className="-ms-2 flex-1">
          <Skeleton rows={1} />
        </div>
      );
    case 'not-on-device':
      return <p role="status">{t('conversation.older.notOnDevice')}</p>;
    case 'none':
      return <p>{t('conversation.beginning')}</p>;
    default:
      return older satisfies never;
  }
}
