import { t, type TextKey } from '../../text/text.ts';
import { passwordStrength, type PasswordStrength } from './passwordStrength.ts';

const LEVELS: Record<PasswordStrength, { bars: number; words: TextKey }> = {
  'too-short': { bars: 0, words: 'account.strength.tooShort' },
  weak: { bars: 1, words: 'account.strength.weak' },
  fair: { bars: 2, words: 'account.strength.fair' },
  good: { bars: 3, words: 'account.strength.good' },
  strong: { bars: 4, words: 'account.strength.strong' },
};

/** How good a password is, in words; the bars only repeat them. */
export function StrengthHint({ password }: { password: string }) {
  const { bars, words } = LEVELS[passwordStrength(password)];
  return (
    <span className="flex items-center gap-2">
      <span aria-hidden className="flex gap-1">
        {[1, 2, 3, 4].map((bar) => (
          <span
            key={bar}
            className={`h-1 w-4 rounded-full ${bar <= bars ? 'bg-positive' : 'bg-surface-3'}`}
          />
        ))}
      </span>
      <span aria-live="polite">{t(words)}</span>
    </span>
  );
}
