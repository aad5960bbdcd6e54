import { Lock } from 'lucide-react';
import type { Ref } from 'react';

/** One sentence in the composer's place where nobody, or not everybody, can post. */
export function ClosedNote({ text, ref }: { text: string; ref: Ref<HTMLParagraphElement> }) {
  return (
    <div className="mx-auto w-full max-w-215 shrink-0 px-4 pt-0.5 pb-[max(12px,env(safe-area-inset-bottom))] max-tablet:px-2">
      <p
        ref={ref}
        tabIndex={-1}
        className="flex min-h-12 items-center gap-3 rounded-large border border-line bg-surface-2 px-4 py-2 text-muted"
      >
        <Lock aria-hidden size={20} strokeWidth={1.75} className="shrink-0" />
        {text}
      </p>
    </div>
  );
}
