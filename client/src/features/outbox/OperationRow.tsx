import { mayRetry } from '../../sync/mayRetry.ts';
import type { ConnectionState, OperationView } from '../../sync/views.ts';
import { t } from '../../text/text.ts';
import { timeOrDayAndTime } from '../../text/time.ts';
import { Button } from '../../ui/Button.tsx';
import { Mark } from '../../ui/Mark.tsx';
import { whyText } from './whyText.ts';

export type OperationAct = 'retry' | 'copy' | 'discard';

interface OperationRowProps {
  operation: OperationView;
  connection: ConnectionState;
  /** Nothing of its room stands before it. */
  isFirst: boolean;
  /** Midnight of today. */
  today: number;
  onAct: (act: OperationAct, operation: OperationView) => void;
}

/** What it is, since when, and why it has not gone. */
export function OperationRow({ operation, connection, isFirst, today, onAct }: OperationRowProps) {
  const { kind, text, writtenAt, refusal } = operation;
  const acts: OperationAct[] = [
    ...(refusal !== undefined && mayRetry(refusal.code) ? (['retry'] as const) : []),
    ...(text === '' ? [] : (['copy'] as const)),
    'discard',
  ];
  return (
    <li
      tabIndex={-1}
      data-op={operation.opId}
      className="grid grid-cols-[20px_minmax(0,1fr)_auto] items-start gap-x-3 border-b border-line py-2.5 max-tablet:grid-cols-[20px_minmax(0,1fr)]"
    >
      <span className="flex h-5.5 items-center justify-center">
        {refusal === undefined ? (
          <Mark kind="on-device" label={t('outbox.onDevice')} />
        ) : (
          <Mark kind="refused" label={t('outbox.refused')} />
        )}
      </span>
      <div className="min-w-0">
        <p dir="auto" className="line-clamp-6 whitespace-pre-wrap wrap-anywhere">
          {kind === 'edit' && <span className="text-muted">{t('outbox.edit')}</span>}
          {kind === 'delete' ? t('outbox.delete') : text}
        </p>
        <p className="mt-0.5 text-secondary text-muted">
          {t('outbox.written', {
            time: timeOrDayAndTime(writtenAt, today),
            why: whyText(operation, { connection, isFirst, today }),
          })}
        </p>
      </div>
      <div className="flex gap-0.5 max-tablet:col-start-2 max-tablet:-ms-2.5 max-tablet:mt-1">
        {acts.map((act) => (
          <Button
            key={act}
            size="small"
            kind="plain"
            onClick={() => {
              onAct(act, operation);
            }}
          >
            {t(`outbox.${act}`)}
          </Button>
        ))}
      </div>
    </li>
  );
}
