import { lazy } from 'react';

/** Keeps Radix out of what the first screen loads. */
export const LazyDialogFrame = lazy(async () => {
  const { DialogFrame } = await import('./DialogFrame.tsx');
  return { default: DialogFrame };
});
