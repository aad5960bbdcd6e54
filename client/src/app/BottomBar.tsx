import { MessagesSquare, UserRound, type LucideIcon } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import { t } from '../text/text.ts';

/** A phone's two places. */
export function BottomBar() {
  const [path] = useLocation();
  return (
    <nav
      aria-label={t('app.places')}
      className="flex border-t border-line bg-surface-0 pb-[env(safe-area-inset-bottom)] tablet:hidden"
    >
      {renderPlace('/', path, MessagesSquare, t('app.rooms'))}
      {renderPlace('/settings', path, UserRound, t('app.you'))}
    </nav>
  );
}

function renderPlace(href: string, path: string, Icon: LucideIcon, label: string) {
  const isHere = href === '/' ? path === '/' : path.startsWith(href);
  return (
    <Link
      href={href}
      aria-current={isHere ? 'page' : undefined}
      className={`grid min-h-14 flex-1 content-center justify-items-center gap-0.5 text-micro font-control -outline-offset-2 ${isHere ? 'text-accent' : 'text-muted'}`}
    >
      <Icon aria-hidden size={24} strokeWidth={1.6} />
      {label}
    </Link>
  );
}
