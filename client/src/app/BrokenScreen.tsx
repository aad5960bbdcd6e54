import { useState } from 'react';
import { readLastUser } from '../session/lastUser.ts';
import { readUnsent } from '../sync/deviceData.ts';
import { t } from '../text/text.ts';
import { Button } from '../ui/Button.tsx';
import { offerFile } from './offerFile.ts';

/** What stands where a bug of ours stopped a screen; my unsent words can be taken along. */
export function BrokenScreen({ error }: { error: Error }) {
  const [note, setNote] = useState('');

  async function handleExport(): Promise<void> {
    const user = readLastUser();
    try {
      const unsent = user === undefined ? [] : await readUnsent(user.id);
      if (unsent.length === 0) setNote(t('app.nothingUnsent'));
      else offerFile('skerry-unsent.json', JSON.stringify(unsent, undefined, 2));
    } catch {
      setNote(t('app.unsentUnreadable')); // the disk may be what is broken
    }
  }

  return (
    <div role="alert" className="m-auto grid max-w-form gap-3 px-5 py-10">
      <h1 className="text-title font-name">{t('app.broken')}</h1>
      <p className="text-muted">{t('app.brokenText')}</p>
      <p className="font-mono text-secondary text-muted">{error.message}</p>
      <div className="flex flex-wrap gap-2">
        <Button
          kind="primary"
          onClick={() => {
            location.reload();
          }}
        >
          {t('app.reload')}
        </Button>
        <Button onClick={() => void handleExport()}>{t('app.exportUnsent')}</Button>
      </div>
      <p role="status" className="text-secondary">
        {note}
      </p>
    </div>
  );
}
