import { useReadable } from '../session/useReadable.ts';
import { t } from '../text/text.ts';
import { Banner } from '../ui/Banner.tsx';
import { Button } from '../ui/Button.tsx';
import type { Updates } from './updates.ts';

export function UpdateBanner({ updates }: { updates: Updates }) {
  const isReady = useReadable(updates.isReady);
  if (!isReady) return null;
  const reload = (
    <Button size="small" onClick={updates.apply}>
      {t('app.reload')}
    </Button>
  );
  return (
    <Banner tone="plain" action={reload}>
      {t('app.newVersion')}
    </Banner>
  );
}
