import { useState } from 'react';
import { t, type TextKey } from '../../text/text.ts';
import {
  readAppearance,
  saveAppearance,
  TEXT_SIZES,
  type Appearance,
} from '../../ui/appearance.ts';
import { ChoiceRow } from './ChoiceRow.tsx';
import { SettingsSection } from './SettingsSection.tsx';

const THEMES: Record<Appearance['theme'], TextKey> = {
  system: 'settings.theme.system',
  light: 'settings.theme.light',
  dark: 'settings.theme.dark',
};

/** Shows at once what it changes, so it needs no note. */
export function AppearanceSection() {
  const [appearance, setAppearance] = useState(readAppearance);
  const change = (part: Partial<Appearance>) => {
    const next = { ...appearance, ...part };
    setAppearance(next);
    saveAppearance(next);
  };
  return (
    <SettingsSection title={t('settings.appearance')}>
      <ChoiceRow
        label={t('settings.theme')}
        options={Object.entries(THEMES).map(([value, key]) => ({ value, label: t(key) }))}
        value={appearance.theme}
        onChoose={(theme) => {
          if (theme in THEMES) change({ theme: theme as Appearance['theme'] });
        }}
      />
      <ChoiceRow
        label={t('settings.textSize')}
        options={TEXT_SIZES.map((size) => ({
          value: String(size),
          label: t('settings.percent', { size }),
        }))}
        value={String(appearance.textSize)}
        onChoose={(size) => {
          change({ textSize: Number(size) });
        }}
      />
    </SettingsSection>
  );
}
