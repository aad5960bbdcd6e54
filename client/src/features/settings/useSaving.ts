import { useState } from 'react';

export type Saving =
  { state: 'idle' } | { state: 'saving' } | { state: 'saved' } | { state: 'failed'; error: Error };

/** Runs one change after another and tells what became of the last. */
export function useSaving(): [Saving, (change: () => Promise<unknown>) => void] {
  const [saving, setSaving] = useState<Saving>({ state: 'idle' });
  async function run(change: () => Promise<unknown>): Promise<void> {
    setSaving({ state: 'saving' });
    try {
      await change();
      setSaving({ state: 'saved' });
    } catch (error) {
      setSaving({
        state: 'failed',
        error: error instanceof Error ? error : new Error('not saved', { cause: error }),
      });
    }
  }
  return [saving, (change) => void run(change)];
}
