import type { SessionView } from '@skerry/protocol/api/accounts.ts';
import { currentLanguage, t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';

interface SessionRowProps {
  session: SessionView;
  onEnd: () => void;
}

export function SessionRow({ session, onEnd }: SessionRowProps) {
  const seen = new Intl.DateTimeFormat(currentLanguage(), {
    dateStyle: 'medium',
    timeStyle: 'short',
  }).format(session.lastSeenAt);
  return (
    <li className="flex min-h-16 items-center gap-3 border-b border-line py-2">
      <div className="min-w-0 flex-1">
        <p>{session.deviceName}</p>
        <p className="text-secondary text-muted">
          {session.current ? t('settings.thisDevice') : t('settings.lastSeen', { time: seen })}
        </p>
      </div>
      {!session.current && (
        <Button size="small" onClick={onEnd}>
          {t('settings.endSession')}
        </Button>
      )}
    </li>
  );
}
