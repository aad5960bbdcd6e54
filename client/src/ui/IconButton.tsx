import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';

interface IconButtonProps extends ComponentProps<'button'> {
  label: string;
  icon: LucideIcon;
}

export function IconButton({
  label,
  icon: Icon,
  className = '',
  type = 'button',
  ...rest
}: IconButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-label={label}
      title={label}
      className={`inline-grid size-control shrink-0 place-items-center rounded-medium text-muted transition-colors hover:bg-surface-3 hover:text-ink disabled:bg-transparent disabled:text-line-strong ${className}`}
    >
      <Icon aria-hidden size={20} strokeWidth={1.75} />
    </button>
  );
}
