import { useResource } from '../../api/useResource.ts';
import { useSkerry } from '../../session/SkerryContext.ts';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { SettingsSection } from './SettingsSection.tsx';
import { askToPersist, storageResource } from './storageResource.ts';

const BYTES_PER_MB = 1_000_000;

/** What is kept here, and whether it stays. */
export function StorageSection() {
  const { value } = useResource(storageResource);
  const isMemory = useSkerry().storage === 'memory';
  const megabytes = Math.max(1, Math.round((value?.usedBytes ?? 0) / BYTES_PER_MB));
  return (
    <SettingsSection title={t('settings.storage')}>
      {isMemory && <p className="text-caution">{t('settings.storage.memory')}</p>}
      {!isMemory && value !== undefined && (
        <div className="flex flex-wrap items-center gap-3">
          <p className="min-w-60 flex-1 text-muted">
            {t(value.isPersisted ? 'settings.storage.kept' : 'settings.storage.mayGo', {
              size: megabytes,
            })}
          </p>
          {!value.isPersisted && (
            <Button size="small" onClick={() => void askToPersist()}>
              {t('settings.storage.keep')}
            </Button>
          )}
        </div>
      )}
    </SettingsSection>
  );
}
