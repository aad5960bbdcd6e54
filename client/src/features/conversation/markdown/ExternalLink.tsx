import type { ReactNode } from 'react';

/** A link out of the app; `href` has passed `safeHref`. */
export function ExternalLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer"
      className="text-accent underline decoration-1 underline-offset-3"
    >
      {children}
    </a>
  );
}
