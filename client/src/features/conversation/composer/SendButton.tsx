import { ArrowUp } from 'lucide-react';
import type { ComponentProps } from 'react';
import { t } from '../../../text/text.ts';

/** Grey until there is something to send. */
export function SendButton(props: Omit<ComponentProps<'button'>, 'type' | 'className'>) {
  return (
    <button
      {...props}
      type="submit"
      aria-label={t('composer.send')}
      title={t('composer.send')}
      className="grid size-9 shrink-0 place-items-center rounded-[11px] bg-accent text-on-accent transition-colors hover:bg-accent-hover disabled:bg-surface-3 disabled:text-muted max-tablet:rounded-full pointer-coarse:relative pointer-coarse:after:absolute pointer-coarse:after:-inset-1"
    >
      <ArrowUp aria-hidden size={20} strokeWidth={1.75} />
    </button>
  );
}
