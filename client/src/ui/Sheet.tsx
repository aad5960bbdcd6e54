import { Suspense, type ReactNode } from 'react';
import { LazyDialogFrame } from './LazyDialogFrame.tsx';

interface SheetProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  children?: ReactNode;
}

/** A dialog that comes from the bottom edge of a phone. */
export function Sheet({ open, ...rest }: SheetProps) {
  if (!open) return null;
  return (
    <Suspense>
      <LazyDialogFrame shape="sheet" {...rest} />
    </Suspense>
  );
}
