import '../../text/accountTexts.ts';
import { Password } from '@skerry/protocol/api/accounts.ts';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { setPasswordByLink } from '../../api/accounts.ts';
import { useSubmit } from '../../api/useSubmit.ts';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { PasswordField } from '../../ui/PasswordField.tsx';
import { AccountPage } from './AccountPage.tsx';
import { badFields, fieldErrors, type FieldErrors } from './fieldErrors.ts';
import { FormFailure } from './FormFailure.tsx';
import { StrengthHint } from './StrengthHint.tsx';

/** The link's token is in the hash, which no server and no referrer ever sees. */
export function ResetPassword() {
  const [, navigate] = useLocation();
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get('token') ?? '');
  const [newPassword, setNewPassword] = useState('');
  const [wrong, setWrong] = useState<FieldErrors>({});
  const { submit, failure, isSending } = useSubmit(setPasswordByLink, () => {
    navigate('/sign-in', { replace: true });
  });

  const handleSubmit = () => {
    const bad = Password.safeParse(newPassword).success ? [] : ['newPassword'];
    setWrong(badFields(bad));
    if (bad.length === 0) submit({ token, newPassword });
  };
  const errors = { ...fieldErrors(failure), ...wrong };
  return (
    <AccountPage
      title={t('account.resetTitle')}
      intro={t(token === '' ? 'account.resetNoToken' : 'account.resetIntro')}
      onSubmit={handleSubmit}
      foot={
        <Link href="/sign-in" className="text-accent underline">
          {t('account.toSignIn')}
        </Link>
      }
    >
      {token !== '' && (
        <>
          <PasswordField
            label={t('account.newPassword')}
            hint={<StrengthHint password={newPassword} />}
            name="new-password"
            autoComplete="new-password"
            value={newPassword}
            error={errors['newPassword']}
            onChange={(event) => {
              setNewPassword(event.target.value);
            }}
          />
          <FormFailure failure={failure} />
          <Button kind="primary" size="wide" type="submit" disabled={isSending}>
            {t('account.setPassword')}
          </Button>
        </>
      )}
    </AccountPage>
  );
}
