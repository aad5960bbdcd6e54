import { Suspense, type ReactNode } from 'react';
import { Skeleton } from '../ui/Skeleton.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';

/** One screen: what breaks in it, or is still loading, leaves the rest as it is. */
export function Part({ children }: { children: ReactNode }) {
  return (
    <ErrorBoundary>
      <Suspense fallback={<Skeleton rows={6} />}>{children}</Suspense>
    </ErrorBoundary>
  );
}
