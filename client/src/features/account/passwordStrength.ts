export type PasswordStrength = 'too-short' | 'weak' | 'fair' | 'good' | 'strong';

const MIN_LENGTH = 8;

/** Length counts most: long is better than strange. Repeats and runs count once. */
export function passwordStrength(password: string): PasswordStrength {
  if (password.length < MIN_LENGTH) return 'too-short';
  const worth = countWorth(password);
  if (worth < 7) return 'weak';
  if (worth < 11) return 'fair';
  return worth < 16 ? 'good' : 'strong';
}

/** Characters that do not simply follow from the one before: "aaaa" and "abcd" are worth little. */
function countWorth(password: string): number {
  let worth = 0;
  let previous = Number.NaN;
  for (const character of password) {
    const code = character.codePointAt(0) ?? 0;
    if (Math.abs(code - previous) > 1 || Number.isNaN(previous)) worth += 1;
    previous = code;
  }
  return worth;
}
