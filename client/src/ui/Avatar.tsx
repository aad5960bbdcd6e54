import { initialsOf } from './initials.ts';

interface AvatarProps {
  name: string;
  /** In degrees. */
  hue: string;
  size?: 20 | 32 | 36 | 44;
}

const SIZES = {
  20: 'size-5 text-[0.625rem]',
  32: 'size-8 text-micro',
  36: 'size-9 text-secondary',
  44: 'size-11 text-body',
};

/** A person's initials on their colour; the name beside it says the same in words. */
export function Avatar({ name, hue, size = 36 }: AvatarProps) {
  return (
    <span
      aria-hidden
      style={{ '--hue': hue }}
      className={`inline-grid shrink-0 place-items-center rounded-full bg-person font-semibold text-on-person select-none ${SIZES[size]}`}
    >
      {initialsOf(name, size === 20 ? 1 : 2)}
    </span>
  );
}
