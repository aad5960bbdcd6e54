import type { ComponentProps } from 'react';

export type ButtonKind = 'primary' | 'quiet' | 'danger' | 'plain';
export type ButtonSize = 'normal' | 'small' | 'wide';

export interface ButtonProps extends ComponentProps<'button'> {
  kind?: ButtonKind;
  size?: ButtonSize;
}

export function Button({
  kind = 'quiet',
  size = 'normal',
  className = '',
  type = 'button',
  ...rest
}: ButtonProps) {
  // The caller chooses; without a choice it does not submit.
  return <button {...rest} type={type} className={`${buttonClass(kind, size)} ${className}`} />;
}

/** For links that look like a button. */
export function buttonClass(kind: ButtonKind = 'quiet', size: ButtonSize = 'normal'): string {
  return `${SHAPE} ${SIZES[size]} ${KINDS[kind]}`;
}

const SHAPE =
  'inline-flex shrink-0 items-center justify-center gap-2 border text-center font-control transition-colors disabled:border-line disabled:bg-surface-2 disabled:text-muted';
const SIZES: Record<ButtonSize, string> = {
  normal: 'min-h-control rounded-medium px-3.5 py-1.5 text-body',
  wide: 'min-h-12 w-full rounded-medium px-3.5 py-2 text-body',
  small: 'min-h-small-control rounded-[8px] px-2.5 py-0.5 text-secondary',
};
const KINDS: Record<ButtonKind, string> = {
  primary: 'border-accent bg-accent text-on-accent hover:bg-accent-hover',
  quiet: 'border-line-strong bg-surface-1 text-ink hover:bg-surface-2',
  danger: 'border-danger-fill bg-danger-fill text-on-danger',
  plain: 'border-transparent bg-transparent text-ink hover:bg-surface-3',
};
