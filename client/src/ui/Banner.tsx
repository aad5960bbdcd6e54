import type { ReactNode } from 'react';
import { Logo } from './Logo.tsx';

interface BannerProps {
  /** tide: shallow water with a wave for its lower edge and the rock standing in it. */
  tone: 'tide' | 'plain' | 'caution' | 'danger';
  children: ReactNode;
  action?: ReactNode;
}

const TONES = {
  tide: 'bg-tide text-on-tide tide-edge',
  plain: 'bg-surface-2 text-ink border-b border-line',
  caution: 'bg-caution-quiet text-caution border-b border-line',
  danger: 'bg-danger-quiet text-danger border-b border-line',
};

/** One line for the whole app. It may wrap, it is never cut. */
export function Banner({ tone, children, action }: BannerProps) {
  return (
    <div
      className={`relative z-3 flex min-h-9 items-center gap-2.5 ps-4 pe-5 pt-1 pb-0.5 text-secondary font-semibold max-tablet:min-h-11 ${TONES[tone]}`}
    >
      {tone === 'tide' && <Logo className="size-5" />}
      <div role="status" className="min-w-0 flex-1">
        {children}
      </div>
      {action}
    </div>
  );
}
