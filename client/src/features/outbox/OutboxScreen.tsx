import '../../text/outboxTexts.ts';
import { useEffect, useRef, useState } from 'react';
import { useSkerry } from '../../session/SkerryContext.ts';
import { useReadable } from '../../session/useReadable.ts';
import type { OperationView } from '../../sync/views.ts';
import { t } from '../../text/text.ts';
import { startOfDay } from '../../text/time.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { copyText } from '../../ui/copyText.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { PhoneHeader } from '../../ui/PhoneHeader.tsx';
import { OperationPart } from './OperationPart.tsx';
import type { OperationAct } from './OperationRow.tsx';
import { SendAll } from './SendAll.tsx';
import { summaryText } from './summaryText.ts';

/** What I wrote that the server does not have: waiting, or not accepted. */
export function OutboxScreen() {
  const skerry = useSkerry();
  const connection = useReadable(skerry.connection);
  const outbox = useReadable(skerry.outbox);
  const tray = useReadable(skerry.tray);
  const progress = useReadable(skerry.progress);
  const [today] = useState(() => startOfDay(Date.now()));
  const [discarding, setDiscarding] = useState<OperationView>();
  const heading = useRef<HTMLHeadingElement>(null);
  const [answered, setAnswered] = useState<{ next: HTMLElement | undefined }>();
  const [notice, setNotice] = useState('');

  // A question or a row goes with its answer: what has the focus is then the next row, or the head of what is left.
  useEffect(() => {
    if (answered === undefined) return;
    const { next } = answered;
    (next?.isConnected === true ? next : heading.current)?.focus();
  }, [answered]);

  function attempt(work: Promise<unknown>): void {
    work.catch(sayFailed);
  }

  function sayFailed(): void {
    setNotice(t('outbox.failed'));
  }

  async function discard({ opId }: OperationView): Promise<void> {
    if (!(await skerry.discard(opId))) setNotice(t('outbox.discard.tooLate'));
  }

  async function copy(text: string): Promise<void> {
    setNotice(t((await copyText(text)) ? 'outbox.copied' : 'conversation.copyFailed'));
  }

  function handleAct(act: OperationAct, operation: OperationView): void {
    setNotice('');
    if (act === 'copy') void copy(operation.text);
    else if (act === 'discard') setDiscarding(operation);
    else {
      attempt(skerry.retry(operation.opId));
      setAnswered({ next: rowBeside(operation) });
    }
  }

  const onAnswered = () => {
    setAnswered({ next: undefined });
  };
  const shared = { connection, today, onAct: handleAct, onAnswered, onFailed: sayFailed };
  const isEmpty = outbox.length === 0 && tray.length === 0;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <PhoneHeader href="/" backLabel={t('outbox.back')} title={t('outbox.title')} />
      <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
        <div className="mx-auto w-full max-w-190 p-6 pb-12 max-tablet:px-4">
          <div className="mb-5 flex items-start gap-4 max-tablet:flex-col">
            <div className="min-w-0 flex-1">
              <h1 ref={heading} tabIndex={-1} className="text-title font-name outline-none">
                {summaryText(outbox.length, tray.length)}
              </h1>
              {progress !== undefined && connection === 'online' && (
                <p className="mt-0.5 tabular-nums">{t('app.sending', { ...progress })}</p>
              )}
              {!isEmpty && <p className="mt-0.5 text-muted">{t('outbox.kept')}</p>}
            </div>
            {outbox.length > 0 && <SendAll connection={connection} onSend={skerry.reconnect} />}
          </div>
          <p role="status" className="min-h-4.5 text-secondary text-muted">
            {notice}
          </p>
          {isEmpty && <EmptyState title={t('outbox.empty.title')} text={t('outbox.empty.text')} />}
          <OperationPart title={t('outbox.waiting')} operations={outbox} {...shared} />
          <OperationPart title={t('outbox.refused')} operations={tray} {...shared} />
        </div>
      </div>
      {discarding !== undefined && (
        <ConfirmDialog
          title={t('outbox.discard.title')}
          text={t('outbox.discard.text')}
          confirm={t('outbox.discard')}
          danger
          onCancel={() => {
            setDiscarding(undefined);
          }}
          onConfirm={() => {
            attempt(discard(discarding));
            setDiscarding(undefined);
            setAnswered({ next: rowBeside(discarding) });
          }}
        />
      )}
    </div>
  );
}

/** The one of the same room after it, else before it. */
function rowBeside({ opId }: OperationView): HTMLElement | undefined {
  const row = document.querySelector(`[data-op="${opId}"]`);
  const beside = row?.nextElementSibling ?? row?.previousElementSibling;
  return beside instanceof HTMLElement ? beside : undefined;
}
