import { useSignOut } from '../../session/useSignOut.tsx';
import { useUser } from '../../session/useUser.ts';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { AppearanceSection } from './AppearanceSection.tsx';
import { PasswordSection } from './PasswordSection.tsx';
import { ProfileSection } from './ProfileSection.tsx';
import { SessionsSection } from './SessionsSection.tsx';
import { SettingsSection } from './SettingsSection.tsx';
import { StorageSection } from './StorageSection.tsx';

/** Every change saves itself and says so. */
export function Settings() {
  const { email } = useUser();
  const signOut = useSignOut();
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto w-full max-w-[680px] px-4 pt-5 pb-10 tablet:px-5">
        <h1 className="pb-4 text-title font-name">{t('settings.title')}</h1>
        <ProfileSection />
        <AppearanceSection />
        <SessionsSection />
        <PasswordSection />
        <StorageSection />
        <SettingsSection title={t('settings.aboutSkerry')}>
          <p className="text-muted">{t('settings.aboutText')}</p>
          <div className="flex flex-wrap items-center gap-3">
            <p className="min-w-0 flex-1 text-secondary text-muted">
              {t('settings.signedInAs', { email })}
            </p>
            <Button onClick={signOut.ask}>{t('settings.signOut')}</Button>
          </div>
        </SettingsSection>
      </div>
      {signOut.question}
    </div>
  );
}
