import { ChevronLeft } from 'lucide-react';
import { Link } from 'wouter';

interface BackLinkProps {
  href: string;
  label: string;
  className?: string;
}

/** One step back, where a phone shows one part at a time. */
export function BackLink({ href, label, className = '' }: BackLinkProps) {
  return (
    <Link
      href={href}
      aria-label={label}
      className={`grid size-control shrink-0 place-items-center rounded-medium text-muted ${className}`}
    >
      <ChevronLeft aria-hidden size={24} strokeWidth={1.6} />
    </Link>
  );
}
