import { t } from '../../text/text.ts';
import { SettingsSection } from './SettingsSection.tsx';

export function AboutSection() {
  return (
    <SettingsSection title={t('settings.aboutSkerry')}>
      <p className="text-muted">{t('settings.aboutText')}</p>
    </SettingsSection>
  );
}
