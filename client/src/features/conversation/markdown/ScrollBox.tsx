import type { ReactNode } from 'react';

interface ScrollBoxProps {
  label: string;
  className?: string;
  children: ReactNode;
}

/** What is wider than its message scrolls by itself, with the keyboard too. */
export function ScrollBox({ label, className = '', children }: ScrollBoxProps) {
  return (
    <div
      role="group"
      aria-label={label}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the only way to scroll it with the keyboard
      tabIndex={0}
      className={`my-1 overflow-x-auto ${className}`}
    >
      {children}
    </div>
  );
}
