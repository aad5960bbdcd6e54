import * as Radix from '@radix-ui/react-dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { t } from '../text/text.ts';
import { IconButton } from './IconButton.tsx';
import { keepMovedFocus } from './keepMovedFocus.ts';

export interface DialogFrameProps {
  /** alert: a question that must be answered, without a way to close it beside its answers. */
  shape: 'dialog' | 'alert' | 'sheet';
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: string | undefined;
  children?: ReactNode;
}

const SHAPES: Record<DialogFrameProps['shape'], string> = {
  dialog:
    'inset-x-0 top-[10dvh] mx-auto max-h-[80dvh] w-[min(480px,calc(100vw-32px))] rounded-large animate-from-above',
  alert: 'inset-x-0 top-[20dvh] mx-auto w-[min(420px,calc(100vw-32px))] rounded-large',
  sheet:
    'inset-x-0 bottom-0 max-h-[85dvh] rounded-t-large pb-[env(safe-area-inset-bottom)] animate-from-below',
};

/** The part that needs Radix; Dialog, ConfirmDialog and Sheet load it when they first open. */
export function DialogFrame({
  shape,
  onOpenChange,
  title,
  description,
  children,
}: DialogFrameProps) {
  return (
    <Radix.Root open onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-20 bg-scrim" />
        <Radix.Content
          {...(description === undefined && { 'aria-describedby': undefined })}
          {...(shape === 'alert' && { role: 'alertdialog' })}
          onCloseAutoFocus={keepMovedFocus}
          onInteractOutside={(event) => {
            if (shape === 'alert') event.preventDefault();
          }}
          className={`fixed z-21 flex flex-col bg-float shadow-float ${SHAPES[shape]}`}
        >
          <div className="flex items-center gap-2 py-3 ps-5 pe-3">
            <Radix.Title className="min-w-0 flex-1 text-heading font-name">{title}</Radix.Title>
            {shape !== 'alert' && (
              <Radix.Close asChild>
                <IconButton label={t('app.close')} icon={X} />
              </Radix.Close>
            )}
          </div>
          <div className="min-h-0 overflow-y-auto px-5 pb-5">
            {description !== undefined && (
              <Radix.Description className="mb-4 text-muted">{description}</Radix.Description>
            )}
            {children}
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
