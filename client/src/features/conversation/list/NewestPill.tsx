import { ArrowDown } from 'lucide-react';
import { t } from '../../../text/text.ts';

/** The way back to the end of the list, and how much has come there. */
export function NewestPill({ count, onClick }: { count: number; onClick: () => void }) {
  return (
    <button
      type="button"
      aria-label={
        count === 0
          ? undefined
          : `${t('conversation.newest')}, ${t('conversation.newestCount', { count })}`
      }
      onClick={onClick}
      className="absolute end-[max(20px,calc(50%-410px))] bottom-1 z-3 inline-flex min-h-control items-center gap-1.5 rounded-full bg-float ps-2.5 pe-3.5 text-secondary font-semibold text-accent shadow-float"
    >
      <ArrowDown aria-hidden size={18} strokeWidth={1.9} />
      {count === 0 ? t('conversation.newest') : t('conversation.newestCount', { count })}
    </button>
  );
}
