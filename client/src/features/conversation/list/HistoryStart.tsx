import type { OlderMessages } from '../../../sync/views.ts';
import { t } from '../../../text/text.ts';
import { Skeleton } from '../../../ui/Skeleton.tsx';

/** Always as high, so that nothing moves when what it says changes. */
export const HISTORY_START_PX = 76;

const TEXTS = {
  older: {
    loading: 'conversation.older.loading',
    notOnDevice: 'conversation.older.notOnDevice',
  },
  newer: {
    loading: 'conversation.newer.loading',
    notOnDevice: 'conversation.newer.notOnDevice',
  },
} as const;

interface HistoryStartProps {
  /** Of the messages that are missing here. */
  state: OlderMessages;
  /** Which they are, as seen from what is read. */
  which: keyof typeof TEXTS;
}

/** What stands above the oldest message in the list, and where newer ones were let go. */
export function HistoryStart({ state, which }: HistoryStartProps) {
  return (
    <div className="flex h-19 items-center justify-center overflow-hidden text-center text-secondary text-muted">
      {renderState(state, TEXTS[which])}
    </div>
  );
}

function renderState(state: OlderMessages, texts: (typeof TEXTS)[keyof typeof TEXTS]) {
  switch (state) {
    case 'more':
      return null;
    case 'loading':
      return (
        <div role="status" aria-label={t(texts.loading)} className="-ms-2 flex-1">
          <Skeleton rows={1} />
        </div>
      );
    case 'not-on-device':
      return <p role="status">{t(texts.notOnDevice)}</p>;
    case 'none':
      return <p>{t('conversation.beginning')}</p>;
    default:
      return state satisfies never;
  }
}
