import { t } from '../../../text/text.ts';
import { bytesLeft } from './textBudget.ts';

/** How much a message may still grow, once that matters. */
export function BytesLeft({ text }: { text: string }) {
  const left = bytesLeft(text);
  if (left === undefined) return null;
  return (
    <p
      role="status"
      className={`px-1 pt-1 text-end text-secondary tabular-nums ${left < 0 ? 'text-danger' : 'text-muted'}`}
    >
      {left < 0 ? t('composer.over', { count: -left }) : t('composer.left', { count: left })}
    </p>
  );
}
