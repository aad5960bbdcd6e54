import type { Person } from '../../../sync/views.ts';
import { typingText } from './typingText.ts';

/** Its room is always kept, so that nothing moves when somebody begins. */
export function TypingRow({ people, notice }: { people: readonly Person[]; notice: string }) {
  const words = typingText(people);
  return (
    <div
      role="status"
      className="mx-auto flex min-h-6.5 w-full max-w-215 shrink-0 items-center gap-3 px-5 pt-1 pb-0.5 text-secondary text-muted max-tablet:gap-2.5 max-tablet:px-4"
    >
      <span aria-hidden className="flex w-9 shrink-0 justify-center gap-0.75">
        {words !== '' &&
          notice === '' &&
          [0.45, 0.75, 1].map((opacity) => (
            <span key={opacity} className="size-1.25 rounded-full bg-muted" style={{ opacity }} />
          ))}
      </span>
      <span className="min-w-0 truncate">{notice === '' ? words : notice}</span>
    </div>
  );
}
