import '../../text/accountTexts.ts';
import { DisplayName, Email, Handle, Password } from '@skerry/protocol/api/accounts.ts';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { signUp } from '../../api/accounts.ts';
import { useSubmit } from '../../api/useSubmit.ts';
import { useSession } from '../../session/SessionContext.ts';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { PasswordField } from '../../ui/PasswordField.tsx';
import { AccountPage } from './AccountPage.tsx';
import { badFields, fieldErrors, type FieldErrors } from './fieldErrors.ts';
import { findFirstRoomPath } from './findFirstRoomPath.ts';
import { FormFailure } from './FormFailure.tsx';
import { StrengthHint } from './StrengthHint.tsx';
import { suggestHandle } from './suggestHandle.ts';

const RULES = { displayName: DisplayName, handle: Handle, email: Email, password: Password };

export function SignUp() {
  const session = useSession();
  const [, navigate] = useLocation();
  const [displayName, setDisplayName] = useState('');
  /** Undefined: the suggestion stands. */
  const [ownHandle, setOwnHandle] = useState<string>();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [wrong, setWrong] = useState<FieldErrors>({});
  const handle = ownHandle ?? suggestHandle(displayName);
  const { submit, failure, isSending } = useSubmit(signUp, async (user) => {
    const path = await findFirstRoomPath();
    const entered = session.enter(user);
    navigate(path, { replace: true });
    await entered;
  });

  const handleSubmit = () => {
    const body = { displayName, handle: handle.toLowerCase(), email, password };
    const bad = Object.entries(RULES).flatMap(([name, rule]) =>
      rule.safeParse(body[name as keyof typeof body]).success ? [] : [name],
    );
    setWrong(badFields(bad));
    if (bad.length === 0) submit(body);
  };
  const errors = { ...fieldErrors(failure), ...wrong };
  const isAtField = Object.keys(fieldErrors(failure)).length > 0;
  return (
    <AccountPage
      title={t('account.signUpTitle')}
      intro={t('account.signUpIntro')}
      onSubmit={handleSubmit}
      foot={
        <>
          <p>{t('account.needsConnection')}</p>
          <p>
            {t('account.alreadyHere')}{' '}
            <Link href="/sign-in" className="text-accent underline">
              {t('account.toSignIn')}
            </Link>
          </p>
        </>
      }
    >
      <Field
        label={t('account.displayName')}
        hint={t('account.displayNameHint')}
        name="name"
        autoComplete="name"
        value={displayName}
        error={errors['displayName']}
        onChange={(event) => {
          setDisplayName(event.target.value);
        }}
      />
      <Field
        label={t('account.handle')}
        hint={t('account.handleHint')}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        value={handle}
        error={errors['handle']}
        onChange={(event) => {
          setOwnHandle(event.target.value);
        }}
      />
      <Field
        label={t('account.email')}
        hint={t('account.emailHint')}
        name="email"
        type="email"
        autoComplete="email"
        value={email}
        error={errors['email']}
        onChange={(event) => {
          setEmail(event.target.value);
        }}
      />
      <PasswordField
        label={t('account.password')}
        hint={<StrengthHint password={password} />}
        name="new-password"
        autoComplete="new-password"
        value={password}
        error={errors['password']}
        onChange={(event) => {
          setPassword(event.target.value);
        }}
      />
      <FormFailure failure={isAtField ? undefined : failure} />
      <Button kind="primary" size="wide" type="submit" disabled={isSending}>
        {t('account.signUp')}
      </Button>
    </AccountPage>
  );
}
