import '../text/outboxTexts.ts';
import type { RoomId } from '@skerry/protocol/ids.ts';
import { useState } from 'react';
import { t } from '../text/text.ts';
import { Button } from '../ui/Button.tsx';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { useSkerry } from './SkerryContext.ts';

interface BecamePublicProps {
  roomId: RoomId;
  /** How many messages wait for the answer. */
  count: number;
  /** The question is about to go, and with it what has the focus. */
  onAnswered: () => void;
  /** The answer could not be kept on this device. */
  onFailed: () => void;
}

/** Asks before words that were written for few go where everybody can read them. */
export function BecamePublic({ roomId, count, onAnswered, onFailed }: BecamePublicProps) {
  const skerry = useSkerry();
  const [isDiscarding, setIsDiscarding] = useState(false);
  return (
    <div
      role="group"
      aria-label={t('outbox.becamePublic')}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-medium bg-caution-quiet px-3 py-2.5"
    >
      <p className="min-w-50 flex-1">
        <span className="font-name">{t('outbox.becamePublic')}</span>{' '}
        {t('outbox.becamePublicText', { count })}
      </p>
      <div className="flex gap-2">
        <Button
          size="small"
          onClick={() => {
            skerry.sendAnyway(roomId).catch(onFailed);
            onAnswered();
          }}
        >
          {t('outbox.sendAnyway')}
        </Button>
        <Button
          size="small"
          onClick={() => {
            setIsDiscarding(true);
          }}
        >
          {t('outbox.discard')}
        </Button>
      </div>
      {isDiscarding && (
        <ConfirmDialog
          title={t('outbox.discardAsking.title', { count })}
          text={t('outbox.discard.text')}
          confirm={t('outbox.discard')}
          danger
          onConfirm={() => {
            skerry.discardAsking(roomId).catch(onFailed);
            setIsDiscarding(false);
            onAnswered();
          }}
          onCancel={() => {
            setIsDiscarding(false);
          }}
        />
      )}
    </div>
  );
}
