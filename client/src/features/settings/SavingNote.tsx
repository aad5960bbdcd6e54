import { Check } from 'lucide-react';
import { failureText } from '../../api/failureText.ts';
import { t } from '../../text/text.ts';
import type { Saving } from './useSaving.ts';

/** Says that a change is saved, or why not. */
export function SavingNote({ saving }: { saving: Saving }) {
  return (
    <p role="status" className="text-secondary">
      {saving.state === 'saved' && (
        <span className="flex items-center gap-1.5 text-positive">
          <Check aria-hidden size={16} strokeWidth={2.1} />
          {t('settings.saved')}
        </span>
      )}
      {saving.state === 'failed' && (
        <span className="text-danger">
          {t('settings.notSaved', { reason: failureText(saving.error) })}
        </span>
      )}
    </p>
  );
}
