import '../../text/accountTexts.ts';
import { useState } from 'react';
import { Link, useLocation, useSearch } from 'wouter';
import { signIn } from '../../api/sessions.ts';
import { useSubmit } from '../../api/useSubmit.ts';
import { useSession } from '../../session/SessionContext.ts';
import { useReadable } from '../../session/useReadable.ts';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { PasswordField } from '../../ui/PasswordField.tsx';
import { AccountPage } from './AccountPage.tsx';
import { badFields, fieldErrors, type FieldErrors } from './fieldErrors.ts';
import { FormFailure } from './FormFailure.tsx';
import { nextPath } from './nextPath.ts';
import { SignOutNote } from './SignOutNote.tsx';

/** On its own path, or in the place of any screen that needs somebody: then that address stays. */
export function SignIn() {
  const session = useSession();
  const state = useReadable(session.state);
  const [path, navigate] = useLocation();
  const search = useSearch();
  const [login, setLogin] = useState(state.kind === 'open' ? state.user.handle : '');
  const [password, setPassword] = useState('');
  const [remember, setRemember] = useState(true);
  const [wrong, setWrong] = useState<FieldErrors>({});
  const { submit, failure, isSending } = useSubmit(signIn, async (user) => {
    const entered = session.enter(user);
    if (path === '/sign-in') navigate(nextPath(search), { replace: true });
    await entered;
  });

  const handleSubmit = () => {
    const bad = badFields(login.trim() === '' ? ['login'] : []);
    setWrong(bad);
    if (Object.keys(bad).length === 0) submit({ login, password, remember });
  };
  const errors = { ...fieldErrors(failure), ...wrong };
  return (
    <AccountPage
      title={t('account.signInTitle')}
      intro={t(state.kind === 'open' ? 'account.signInAgain' : 'account.signInIntro')}
      onSubmit={handleSubmit}
      foot={
        <>
          <p>{t('account.forgotten')}</p>
          <p>
            {t('account.newHere')}{' '}
            <Link href="/sign-up" className="text-accent underline">
              {t('account.toSignUp')}
            </Link>
          </p>
        </>
      }
    >
      {state.kind === 'nobody' && <SignOutNote note={state.note} />}
      <Field
        label={t('account.login')}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        value={login}
        error={errors['login']}
        onChange={(event) => {
          setLogin(event.target.value);
        }}
      />
      <PasswordField
        label={t('account.password')}
        name="password"
        autoComplete="current-password"
        value={password}
        onChange={(event) => {
          setPassword(event.target.value);
        }}
      />
      <label className="flex min-h-control items-center gap-3">
        <input
          type="checkbox"
          checked={remember}
          className="size-5 accent-accent"
          onChange={(event) => {
            setRemember(event.target.checked);
          }}
        />
        {t('account.remember')}
      </label>
      <FormFailure failure={failure} />
      <Button kind="primary" size="wide" type="submit" disabled={isSending}>
        {t('account.signIn')}
      </Button>
    </AccountPage>
  );
}
