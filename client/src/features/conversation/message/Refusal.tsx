import type { RefusalCode } from '@skerry/protocol/refusals.ts';
import { mayRetry } from '../../../sync/mayRetry.ts';
import { refusalText } from '../../../text/refusalText.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';

const ROW = '[data-part="row"]';
const ACTS = ['retry', 'copy', 'discard'] as const;

interface RefusalProps {
  code: RefusalCode;
  onAct: (act: 'retry' | 'copy' | 'discard') => void;
}

/** Why it was not accepted, and what can be done. */
export function Refusal({ code, onAct }: RefusalProps) {
  return (
    <div className="mt-1 mb-0.5 flex flex-wrap items-center gap-x-3 gap-y-1.5">
      <p className="text-secondary font-control text-danger">
        {t('conversation.refusedBecause', { reason: refusalText(code) })}
      </p>
      <div className="flex gap-1.5">
        {ACTS.filter((act) => act !== 'retry' || mayRetry(code)).map((act) => (
          <Button
            key={act}
            size="small"
            onClick={({ currentTarget }) => {
              if (act !== 'copy') passFocusOn(currentTarget, act);
              onAct(act);
            }}
          >
            {t(`conversation.${act}`)}
          </Button>
        ))}
      </div>
    </div>
  );
}

/** The button is about to go, and after a discard its row may too: that one or the next takes the focus. */
function passFocusOn(button: HTMLElement, act: 'retry' | 'discard'): void {
  const row = button.closest<HTMLElement>(ROW);
  const item = button.closest('li');
  const neighbour = item?.nextElementSibling ?? item?.previousElementSibling;
  const next = act === 'discard' ? neighbour?.querySelector<HTMLElement>(ROW) : undefined;
  (next ?? row)?.focus({ preventScroll: true });
}
