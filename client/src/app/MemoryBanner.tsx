import { useSkerry } from '../session/SkerryContext.ts';
import { t } from '../text/text.ts';
import { Banner } from '../ui/Banner.tsx';

/** The browser gave no storage: what is written now would not survive a reload. */
export function MemoryBanner() {
  if (useSkerry().storage === 'indexeddb') return null;
  return <Banner tone="caution">{t('app.memoryOnly')}</Banner>;
}
