import { RefusedError } from '../../api/refusedError.ts';
import { t, type TextKey } from '../../text/text.ts';

/** Field → what to do about it, in our words: the server only names the field. */
export type FieldErrors = Readonly<Partial<Record<string, string>>>;

const RULES: Readonly<Partial<Record<string, TextKey>>> = {
  displayName: 'account.badDisplayName',
  handle: 'account.badHandle',
  email: 'account.badEmail',
  password: 'account.badPassword',
  newPassword: 'account.badPassword',
  login: 'account.badLogin',
};

export function fieldErrors(failure: Error | undefined): FieldErrors {
  if (!(failure instanceof RefusedError)) return {};
  if (failure.code === 'handle-taken') return { handle: t('account.handleTaken') };
  if (failure.code === 'email-taken') return { email: t('account.emailTaken') };
  if (failure.code !== 'bad-request') return {};
  return badFields(Object.keys(failure.fields));
}

export function badFields(names: readonly string[]): FieldErrors {
  return Object.fromEntries(
    names.flatMap((name) => {
      const rule = RULES[name];
      return rule === undefined ? [] : [[name, t(rule)]];
    }),
  );
}
