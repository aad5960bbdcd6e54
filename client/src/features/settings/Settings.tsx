import '../../text/settingsTexts.ts';
import { t } from '../../text/text.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { PhoneHeader } from '../../ui/PhoneHeader.tsx';
import { AboutSection } from './AboutSection.tsx';
import { AppearanceSection } from './AppearanceSection.tsx';
import { PasswordSection } from './PasswordSection.tsx';
import { ProfileSection } from './ProfileSection.tsx';
import { SessionsSection } from './SessionsSection.tsx';
import { StorageSection } from './StorageSection.tsx';

/** One section of the settings. Every change saves itself and says so. */
export function Settings({ section }: { section: string }) {
  return (
    <>
      <PhoneHeader href="/settings" backLabel={t('settings.toList')} title={t('settings.title')} />
      <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
        <div className="mx-auto w-full max-w-[680px] px-4 pt-4 pb-10 tablet:px-5 tablet:pt-6">
          {renderSection(section)}
        </div>
      </div>
    </>
  );
}

function renderSection(section: string) {
  switch (section) {
    case 'profile':
      return <ProfileSection />;
    case 'sessions':
      return <SessionsSection />;
    case 'password':
      return <PasswordSection />;
    case 'appearance':
      return <AppearanceSection />;
    case 'storage':
      return <StorageSection />;
    case 'about':
      return <AboutSection />;
    default:
      return <EmptyState title={t('app.nowhere')} text={t('app.nowhereText')} />;
  }
}
