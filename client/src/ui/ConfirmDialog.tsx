import { Suspense } from 'react';
import { t } from '../text/text.ts';
import { Button } from './Button.tsx';
import { LazyDialogFrame } from './LazyDialogFrame.tsx';

interface ConfirmDialogProps {
  title: string;
  text: string;
  /** The words of the button that does it. */
  confirm: string;
  onConfirm: () => void;
  onCancel: () => void;
  danger?: boolean;
}

export function ConfirmDialog({
  title,
  text,
  confirm,
  onConfirm,
  onCancel,
  danger = false,
}: ConfirmDialogProps) {
  return (
    <Suspense>
      <LazyDialogFrame shape="alert" title={title} description={text} onOpenChange={onCancel}>
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onCancel}>{t('app.cancel')}</Button>
          <Button kind={danger ? 'danger' : 'primary'} onClick={onConfirm}>
            {confirm}
          </Button>
        </div>
      </LazyDialogFrame>
    </Suspense>
  );
}
