import { Suspense, type ReactNode } from 'react';
import { LazyDialogFrame } from './LazyDialogFrame.tsx';

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: string;
  children?: ReactNode;
}

export function Dialog({ open, ...rest }: DialogProps) {
  if (!open) return null;
  return (
    <Suspense>
      <LazyDialogFrame shape="dialog" {...rest} />
    </Suspense>
  );
}
