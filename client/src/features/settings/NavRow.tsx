import type { LucideIcon } from 'lucide-react';
import { Link } from 'wouter';

interface NavRowProps {
  href: string;
  icon: LucideIcon;
  label: string;
  isHere: boolean;
  /** How many things wait there; none is not shown. */
  count?: number;
}

export function NavRow({ href, icon: Icon, label, isHere, count = 0 }: NavRowProps) {
  return (
    <Link
      href={href}
      aria-current={isHere ? 'page' : undefined}
      className="flex min-h-11 items-center gap-3 rounded-medium px-2 font-medium hover:bg-surface-2 tablet:aria-[current]:bg-surface-3 max-tablet:min-h-14"
    >
      <Icon aria-hidden size={20} strokeWidth={1.75} className="shrink-0 text-muted" />
      <span className="min-w-0 flex-1">{label}</span>
      {count > 0 && (
        <span className="rounded-full bg-accent-quiet-strong px-1.5 text-micro font-name text-accent tabular-nums">
          {count}
        </span>
      )}
    </Link>
  );
}
