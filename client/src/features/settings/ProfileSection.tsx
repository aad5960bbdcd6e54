import type { EditProfileBody } from '@skerry/protocol/api/accounts.ts';
import { useId, useState } from 'react';
import { editProfile } from '../../api/accounts.ts';
import { useSession } from '../../session/SessionContext.ts';
import { useUser } from '../../session/useUser.ts';
import { t } from '../../text/text.ts';
import { Field } from '../../ui/Field.tsx';
import { HueChoice } from './HueChoice.tsx';
import { SavingNote } from './SavingNote.tsx';
import { SettingsSection } from './SettingsSection.tsx';
import { useSaving } from './useSaving.ts';

const MAX_ABOUT = 500;

/** How others see me. Each field saves itself when it is left. */
export function ProfileSection() {
  const session = useSession();
  const user = useUser();
  const aboutId = useId();
  const [displayName, setDisplayName] = useState(user.displayName);
  const [about, setAbout] = useState(user.about);
  const [saving, save] = useSaving();

  const change = (body: EditProfileBody) => {
    save(async () => {
      session.updateUser(await editProfile(body));
    });
  };
  const handleNameLeft = () => {
    const name = displayName.trim();
    if (name === '') setDisplayName(user.displayName);
    else if (name !== user.displayName) change({ displayName: name });
  };
  const handleAboutLeft = () => {
    if (about.trim() !== user.about) change({ about });
  };
  return (
    <SettingsSection title={t('settings.profile')} note={<SavingNote saving={saving} />}>
      <Field
        label={t('settings.displayName')}
        hint={t('settings.mention', { handle: user.handle })}
        autoComplete="name"
        maxLength={64}
        value={displayName}
        onBlur={handleNameLeft}
        onChange={(event) => {
          setDisplayName(event.target.value);
        }}
      />
      <HueChoice
        name={displayName}
        hue={user.avatar}
        onChoose={(avatar) => {
          change({ avatar });
        }}
      />
      <div className="grid gap-1.5">
        <label htmlFor={aboutId} className="font-semibold">
          {t('settings.about')}
        </label>
        <textarea
          id={aboutId}
          rows={3}
          dir="auto"
          maxLength={MAX_ABOUT}
          value={about}
          className="w-full rounded-medium border border-line-strong bg-surface-1 px-3.5 py-2"
          onBlur={handleAboutLeft}
          onChange={(event) => {
            setAbout(event.target.value);
          }}
        />
      </div>
    </SettingsSection>
  );
}
