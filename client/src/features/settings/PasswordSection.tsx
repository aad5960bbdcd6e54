import { Password } from '@skerry/protocol/api/accounts.ts';
import { useState, type SubmitEvent } from 'react';
import { changePassword } from '../../api/accounts.ts';
import { failureText } from '../../api/failureText.ts';
import { RefusedError } from '../../api/refusedError.ts';
import { sessionsResource } from '../../api/sessions.ts';
import { useUser } from '../../session/useUser.ts';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { PasswordField } from '../../ui/PasswordField.tsx';
import { SavingNote } from './SavingNote.tsx';
import { SettingsSection } from './SettingsSection.tsx';
import { useSaving } from './useSaving.ts';

export function PasswordSection() {
  const { handle } = useUser();
  const [currentPassword, setCurrentPassword] = useState('');
  const [newPassword, setNewPassword] = useState('');
  const [isTooShort, setIsTooShort] = useState(false);
  const [saving, save] = useSaving();
  const isWrong =
    saving.state === 'failed' &&
    saving.error instanceof RefusedError &&
    saving.error.code === 'wrong-credentials';

  const handleSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    const isGood = Password.safeParse(newPassword).success;
    setIsTooShort(!isGood);
    if (!isGood) return;
    save(async () => {
      await changePassword({ currentPassword, newPassword });
      setCurrentPassword('');
      setNewPassword('');
      await sessionsResource.refresh();
    });
  };
  return (
    <SettingsSection
      title={t('settings.password')}
      note={!isWrong && <SavingNote saving={saving} />}
    >
      <form noValidate onSubmit={handleSubmit} className="grid gap-4">
        {/* So that a password manager knows whose it is. */}
        <input type="hidden" name="username" autoComplete="username" value={handle} />
        <PasswordField
          label={t('settings.currentPassword')}
          autoComplete="current-password"
          value={currentPassword}
          error={isWrong ? failureText(saving.error) : undefined}
          onChange={(event) => {
            setCurrentPassword(event.target.value);
          }}
        />
        <PasswordField
          label={t('settings.newPassword')}
          hint={t('settings.newPasswordHint')}
          autoComplete="new-password"
          value={newPassword}
          error={isTooShort ? t('settings.badPassword') : undefined}
          onChange={(event) => {
            setNewPassword(event.target.value);
          }}
        />
        <Button type="submit" disabled={saving.state === 'saving'} className="justify-self-start">
          {t('settings.changePassword')}
        </Button>
      </form>
    </SettingsSection>
  );
}
