import { failureText } from '../../api/failureText.ts';
import { endSession, sessionsResource } from '../../api/sessions.ts';
import { useResource } from '../../api/useResource.ts';
import { t } from '../../text/text.ts';
import { SavingNote } from './SavingNote.tsx';
import { SessionRow } from './SessionRow.tsx';
import { SettingsSection } from './SettingsSection.tsx';
import { useSaving } from './useSaving.ts';

/** Where I am signed in. */
export function SessionsSection() {
  const { value, error } = useResource(sessionsResource);
  const [saving, save] = useSaving();
  return (
    <SettingsSection title={t('settings.sessions')} note={<SavingNote saving={saving} />}>
      {value === undefined && error !== undefined && (
        <p className="text-muted">{failureText(error)}</p>
      )}
      <ul className="grid">
        {value?.map((session) => (
          <SessionRow
            key={session.id}
            session={session}
            onEnd={() => {
              save(() => endSession(session.id));
            }}
          />
        ))}
      </ul>
    </SettingsSection>
  );
}
