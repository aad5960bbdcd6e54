import { Link, useLocation } from 'wouter';
import { useOpenSession } from '../session/SessionContext.ts';
import { useReadable } from '../session/useReadable.ts';
import { t } from '../text/text.ts';
import { Banner } from '../ui/Banner.tsx';
import { Button } from '../ui/Button.tsx';

const LINK =
  'shrink-0 py-1 underline underline-offset-3 max-tablet:after:absolute max-tablet:after:inset-0 max-tablet:after:content-[""]';

/** The one line that says how the whole app stands to the network; nothing while all is well. */
export function TideLine() {
  const { skerry, connection, hasEnded } = useOpenSession();
  const state = useReadable(connection);
  const count = useReadable(skerry.outbox).length;
  const progress = useReadable(skerry.progress);
  const [path] = useLocation();

  if (hasEnded || state === 'signed-out') {
    const link = (
      <Link href={`/sign-in?next=${encodeURIComponent(path)}`} className={LINK}>
        {t('app.signIn')}
      </Link>
    );
    return (
      <Banner tone="tide" action={link}>
        {t('app.sessionOver')}
      </Banner>
    );
  }
  if (state === 'client-too-old') {
    return (
      <Banner tone="caution" action={renderReload()}>
        {t('app.tooOld')}
      </Banner>
    );
  }
  const isSending = state === 'online' && progress !== undefined;
  if (state !== 'offline' && !isSending) return null;
  if (state === 'offline' && count === 0) {
    return <Banner tone="tide">{t('app.offline')}</Banner>;
  }
  const link = (
    <Link href="/outbox" className={LINK}>
      {t('app.showUnsent')}
    </Link>
  );
  return (
    <Banner tone="tide" action={link}>
      {isSending ? t('app.sending', { ...progress }) : t('app.offlineUnsent', { count })}
    </Banner>
  );
}

function renderReload() {
  return (
    <Button
      size="small"
      onClick={() => {
        location.reload();
      }}
    >
      {t('app.reload')}
    </Button>
  );
}
