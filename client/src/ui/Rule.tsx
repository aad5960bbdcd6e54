interface RuleProps {
  label: string;
  tone?: 'muted' | 'accent';
  /** Stays under the header while its part scrolls by. */
  sticky?: boolean;
}

/** Words at the left, a line to the right edge. */
export function Rule({ label, tone = 'muted', sticky = false }: RuleProps) {
  const colour = tone === 'accent' ? 'text-accent' : 'text-muted';
  const place = sticky
    ? 'sticky top-0 z-2 bg-linear-to-b from-surface-1 from-78% to-transparent'
    : '';
  return (
    <div
      className={`flex items-center gap-3 px-3 py-2.5 text-secondary font-semibold ${colour} ${place}`}
    >
      <span>{label}</span>
      <span aria-hidden className={`h-px flex-1 ${tone === 'accent' ? 'bg-accent' : 'bg-line'}`} />
    </div>
  );
}
